using TensorGraph.Ir;

namespace TensorGraph.Tests.Ops;

/// <summary>Inputs that do not fit give an error with an ID, never an exception from the inside; inputs that are taken can be evaluated.</summary>
public sealed class BadInputTheory
{
    private static readonly string[] TypeErrors = [DiagnosticIds.ShapeMismatch, DiagnosticIds.DTypeMismatch, DiagnosticIds.RankMismatch, DiagnosticIds.OutOfRange];

    public static TheoryData<string> Names => [.. OpSamples.Ops];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_number_of_inputs_is_checked(string op)
    {
        foreach (OpSample sample in OpSamples.Of(op, 3))
        {
            if (sample.Inputs.Length > 0 && sample.Inputs.Length == sample.Op.Arity)
                Expect.Error(DiagnosticIds.RankMismatch, () => Infer(sample.Op, sample.Attrs, sample.Inputs[1..]), op, "inputs");
            if (!sample.Op.Is(Traits.Variadic))
                Expect.Error(DiagnosticIds.RankMismatch, () => Infer(sample.Op, sample.Attrs, [.. sample.Inputs, new TensorType(DType.F64, [3])]), op, "inputs");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_element_type_is_taken_as_the_schema_says_or_refused(string op)
    {
        foreach (OpSample sample in OpSamples.Of(op, 3).Where(sample => sample.Inputs.Length > 0))
        {
            foreach (DType dtype in DTypes.All)
            {
                OpSample other = sample.As(dtype);
                Exception? failure = Record.Exception(() => Infer(other.Op, other.Attrs, other.Inputs));
                bool allowed = Allows(other.Op.Schema.DTypes, dtype);
                Assert.True(failure is null ? allowed : failure is GraphException { Id: DiagnosticIds.DTypeMismatch }, $"{other}: {failure?.Message ?? "was taken"}");
                Assert.True(failure is null || !allowed || other.Op.Signature is null, $"{other}: {failure?.Message}");
                if (failure is null)
                    Evaluate(other, 3);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Other_shapes_are_refused_or_evaluated(string op)
    {
        var random = new Random(7);
        foreach (OpSample sample in OpSamples.Of(op, 3).Where(sample => sample.Inputs.Length > 0))
        {
            for (int i = 0; i < 40; i++)
                Try(sample with { Inputs = [.. sample.Inputs.Select(input => random.Next(2) == 0 ? input : input with { Type = Other(input.Type, random) })] });
        }
    }

    // host_call names its attributes after the number of results, so they can't be changed one by one.
    [Theory]
    [MemberData(nameof(Names))]
    public void Other_attributes_are_refused_or_evaluated(string op)
    {
        var random = new Random(11);
        foreach (OpSample sample in OpSamples.Of(op, 3).Where(sample => sample.Attrs.Count > 0 && sample.Op != OpDefs.HostCall))
        {
            for (int i = 0; i < 40; i++)
                Try(sample with { Attrs = Attrs.Of([.. sample.Attrs.Select(attr => (attr.Key, random.Next(2) == 0 ? attr.Value : Other(attr.Value, random)))]) });
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void An_axis_without_elements_is_refused_or_evaluated(string op)
    {
        foreach (OpSample sample in OpSamples.Of(op, Dim.Symbol("n")))
            Evaluate(sample, 0);
        foreach (long n in new long[] { 0 })
        {
            Exception? failure = Record.Exception(() => OpSamples.Of(op, n).ToList().ForEach(Try));
            Assert.True(failure is null or GraphException, failure?.ToString());
        }
    }

    private static void Try(OpSample sample)
    {
        Exception? failure = Record.Exception(() => Infer(sample.Op, sample.Attrs, sample.Inputs));
        Assert.True(failure is null || (failure is GraphException error && TypeErrors.Contains(error.Id)), $"{sample}: {failure}");
        if (failure is null)
            Evaluate(sample, 3);
    }

    // Evaluation gives what the rule says, or an error about the values (a position out of range, sizes that must be equal).
    private static void Evaluate(OpSample sample, long n)
    {
        Literal[] values = sample.Values(n);
        try
        {
            Graph graph = sample.Graph();
            Literal[] results = new Interpreter().Run(graph, values);
            Assert.Equal(graph.Entry.Results.Select(result => result.Type.As(result.Shape.Substitute(_ => n))), results.Select(result => result.Type));
        }
        catch (GraphException error)
        {
            Assert.True(error.Id is DiagnosticIds.OutOfRange or DiagnosticIds.SizesDiffer or DiagnosticIds.AssertionFailed || sample.Op == OpDefs.HostCall, $"{sample}, n = {n}: {error.Message}");
        }
        catch (Exception error) when (error is not Xunit.Sdk.XunitException)
        {
            Assert.Fail($"{sample}, n = {n}: {error}");
        }
    }

    private static void Infer(OpDef op, Attrs attrs, OpInput[] inputs) => GraphBuilder.Infer(op, [.. inputs.Select(input => input.Type)], attrs);

    private static TensorType Other(TensorType type, Random random) => type.As(new Shape([.. Enumerable.Range(0, random.Next(4)).Select(_ => (Dim)random.Next(4))]));

    private static object Other(object value, Random random) => value switch
    {
        long => (long)random.Next(-1, 4),
        bool flag => !flag,
        Shape => new Shape([.. Enumerable.Range(0, random.Next(4)).Select(_ => (Dim)random.Next(-1, 5))]),
        System.Collections.Immutable.ImmutableArray<long> => Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(-1, 4)).ToArray(),
        DType => DTypes.All[random.Next(DTypes.All.Count)],
        Dim => (Dim)random.Next(-1, 4),
        _ => value,
    };

    private static bool Allows(DTypeSet set, DType dtype) => set switch
    {
        DTypeSet.Any => true,
        DTypeSet.NoString => dtype != DType.String,
        DTypeSet.Number => dtype.IsNumber(),
        DTypeSet.NumberOrString => dtype.IsNumber() || dtype == DType.String,
        DTypeSet.Integer => dtype.IsInteger(),
        DTypeSet.IntegerOrBool => dtype.IsInteger() || dtype == DType.Bool,
        DTypeSet.Float => dtype.IsFloat(),
        _ => dtype == DType.Bool,
    };
}
