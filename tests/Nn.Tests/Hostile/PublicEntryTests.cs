using System.Globalization;
using System.Text.RegularExpressions;

namespace TensorGraph.Tests.Hostile;

/// <summary>
/// Each public entry with arguments that no careful caller passes: it gives a result, or an error with an ID and a remedy, and never what a program
/// can't tell from a defect of TensorGraph.
/// </summary>
public sealed partial class PublicEntryTests
{
    // Entries whose documentation says ArgumentException.
    private static readonly string[] Documented = ["Literal..ctor", "Literal.Reshape"];

    /// <summary>40 calls of each entry, 1,000 in the long run, or those of <c>TENSORGRAPH_FUZZ=first:count</c>.</summary>
    [Fact]
    public void Hostile_arguments_give_results_or_typed_errors()
    {
        var (first, count) = Flags.Get("FUZZ").Split(':') is [var from, var many, ..]
            ? (int.Parse(from, CultureInfo.InvariantCulture), int.Parse(many, CultureInfo.InvariantCulture))
            : (1, Flags.Number("LONG") == 1 ? 1_000 : 40);
        using var silent = (TensorGraphOptions.Current with { Output = TextWriter.Null }).Use();
        var failures = new Dictionary<string, string>();
        int calls = 0, results = 0;
        foreach (var entry in PublicEntry.All)
        {
            var values = new HostileValues();
            object?[][] pools = [.. entry.Parameters.Select(values.Of)];
            for (int seed = first; seed < first + count; seed++)
            {
                var random = new Random(seed);
                object?[] arguments = [.. pools.Select(pool => pool[random.Next(pool.Length)])];
                if ((entry.IsInstance && arguments[0] is null) || AsksForMuch(entry, arguments))
                    continue;
                calls++;
                if (Fault(entry, arguments) is { } fault)
                    failures.TryAdd($"{entry.Name}: {fault.GetType().Name}", $"{entry.Name} with ({string.Join(", ", arguments.Select(Text))}), seed {seed}:\n{fault}");
                else
                    results++;
            }
        }

        Assert.True(failures.Count == 0, $"{failures.Count} kinds of failure in {calls} calls:\n{string.Join("\n\n", failures.Values)}");
        Assert.True(calls > 1_000, $"{calls} calls");
    }

    // Weights of 2³¹ numbers are what some machine has memory for, and this one would fill it.
    private static bool AsksForMuch(PublicEntry entry, object?[] arguments) =>
        entry.Name.StartsWith("Dense", StringComparison.Ordinal) && arguments.Contains(int.MaxValue);

    private static Exception? Fault(PublicEntry entry, object?[] arguments)
    {
        try
        {
            (entry.Call(arguments) as IDisposable)?.Dispose();
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
