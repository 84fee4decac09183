using System.Globalization;
using System.Text.RegularExpressions;

namespace TensorGraph.Tests.Hostile;

/// <summary>
/// Each public entry with arguments that no careful caller passes: it gives a result, or an error with an ID and a remedy, and never what a program
/// can't tell from a defect of TensorGraph.
/// </summary>
[Collection(ProcessState.Name)]
public sealed partial class PublicEntryTests
{
    // Entries whose documentation says ArgumentException.
    private static readonly string[] Documented = ["Literal..ctor", "Literal.Reshape"];

    /// <summary>40 calls of each entry, 1,000 in the long run, or those of <c>TENSORGRAPH_FUZZ=first:count</c>.</summary>
    [Fact]
    public void Hostile_arguments_give_results_or_typed_errors() => Check(run => run(), calls: 40);

    /// <summary>A fifth of that, each call in a graph function of its own.</summary>
    [Fact]
    public void Hostile_arguments_give_results_or_typed_errors_while_traced()
    {
        Check(run => Traced(1f, run), calls: 8);
        Assert.True(GraphFunction.Of((Func<Tensor, Action, Tensor>)Traced).TraceCount > 1_000);
    }

    [GraphFunction]
    private static Tensor Traced(Tensor x, Action run)
    {
        run();
        return x;
    }

    private static void Check(Action<Action> invoke, int calls)
    {
        var (first, count) = Flags.Get("FUZZ").Split(':') is [var from, var many, ..]
            ? (int.Parse(from, CultureInfo.InvariantCulture), int.Parse(many, CultureInfo.InvariantCulture))
            : (1, Flags.Number("LONG") == 1 ? 25 * calls : calls);
        using var silent = (TensorGraphOptions.Current with { Output = TextWriter.Null, Warnings = TextWriter.Null }).Use();
        var failures = new Dictionary<string, string>();
        int made = 0;
        HashSet<string> called = [];
        foreach (var entry in PublicEntry.All)
        {
            using var values = new HostileValues();
            object?[][] pools = [.. entry.Parameters.Select(values.Of)];
            for (int seed = first; seed < first + count; seed++)
            {
                var random = new Random(seed);
                object?[] arguments = [.. pools.Select(pool => pool[random.Next(pool.Length)])];
                if ((entry.IsInstance && arguments[0] is null) || AsksForMuch(entry, arguments))
                    continue;
                made++;
                called.Add(entry.Name.Split('(')[0]);
                if (Fault(() => invoke(() => Use(entry.Call(arguments))), entry) is { } fault)
                    failures.TryAdd($"{entry.Name}: {fault.GetType().Name}", $"{entry.Name} with ({string.Join(", ", arguments.Select(Text))}), seed {seed}:\n{fault}");
            }
        }

        Assert.True(failures.Count == 0, $"{failures.Count} kinds of failure in {made} calls:\n{string.Join("\n\n", failures.Values)}");
        Assert.True(made > 1_000, $"{made} calls");
        string[] some = ["Ops.Dot", "Tensor.get_Element", "Variable.Assign", "GradientTape.Gradient", "RandomGenerator.Bits", "TensorArray.Add", "Ops.Scan", "Shape.With", "Dim.FloorDiv", "TensorSpec.Parse", "GraphFunction.GetConcreteFunction", "ConcreteFunction.Call", "Dense.Call", "Conv2D..ctor", "Sequential.Call", "Optimizer.Apply", "Dataset`1.Batch"];
        Assert.Empty(some.Except(called));
    }

    // Weights of 2³¹ numbers are what some machine has memory for, and this one would fill it.
    private static bool AsksForMuch(PublicEntry entry, object?[] arguments) => entry.MakesModule && arguments.Contains(int.MaxValue);

    // What is computed later, or element by element, must come out too.
    private static void Use(object? result)
    {
        switch (result)
        {
            case Tensor { IsSymbolic: false, Type.Shape: var shape } tensor when shape.ElementCount.Value < 1_000:
                tensor.ToLiteral();
                break;
            case IEnumerable<Tensor> elements when result is not Array:
                foreach (var _ in elements.Take(3))
                {
                }

                break;
            case Task:
                // One that waits for a file may never end.
                break;
            case IDisposable disposable:
                disposable.Dispose();
                break;
        }
    }

    private static Exception? Fault(Action call, PublicEntry entry)
    {
        try
        {
            call();
            return null;
        }
        catch (HostileException)
        {
            return null;
        }
        catch (ArgumentException) when (Documented.Contains(entry.Name.Split('(')[0]))
        {
            return null;
        }
        catch (GraphException error)
        {
            return error.Id != DiagnosticIds.Internal && Grammar().IsMatch(error.Message) ? null : error;
        }
        catch (Exception fault)
        {
            return fault;
        }
    }

    private static string Text(object? value) => value switch
    {
        null => "null",
        Tensor tensor => $"{tensor.Type}",
        Array array => $"{array.GetType().Name}[{string.Join(", ", array.Cast<object?>().Take(4).Select(Text))}]",
        string text => $"\"{(text.Length > 20 ? text[..20] : text)}\"",
        _ => $"{value}",
    };

    [GeneratedRegex(@"^TG\d{4}: .+\. [A-Z`].*\.$", RegexOptions.Singleline)]
    private static partial Regex Grammar();
}
