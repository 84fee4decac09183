using System.Runtime.InteropServices;
using TensorGraph.Backends;
using TensorGraph.Backends.Managed;
using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>
/// Variables on memory of another library: a run makes what it assigns right there where nothing can tell the difference, and elsewhere otherwise.
/// </summary>
public sealed unsafe class HomeTests : IDisposable
{
    private const int Count = 300;

    private static readonly TensorType Vector = new(DType.F32, [Count]);

    private readonly ManagedDevice _device = new();
    private readonly IDisposable _use;
    private readonly List<nint> _memory = [];

    public HomeTests() => _use = Device.Use(_device);

    public void Dispose()
    {
        _use.Dispose();
        foreach (nint memory in _memory) NativeMemory.Free((void*)memory);
    }

    public static TheoryData<string> Names => [.. s_programs.Keys];

    private delegate Value[] Program(GraphBuilder b, VariableResource v, VariableResource w, Value x);

    // True for those that assign in place.
    private static readonly Dictionary<string, (bool InPlace, Program Program)> s_programs = new(StringComparer.Ordinal)
    {
        ["update"] = (true, (b, v, _, x) => { Assign(b, v, b.Sub(Read(b, v), x)); return [x]; }),
        ["two of one kernel"] = (true, (b, v, w, x) =>
        {
            Value mean = b.Add(Read(b, w), x);
            Assign(b, w, mean);
            Assign(b, v, b.Sub(Read(b, v), mean));
            return [x];
        }),
        ["read before a product"] = (true, (b, v, _, x) =>
        {
            Value read = Read(b, v), sum = b.Sum(b.Mul(read, x), [0], keep: true);
            Value square = b.Dot(b.Reshape(sum, [1, 1]), b.Reshape(x, [1, Count]), [1], [0]);
            Assign(b, v, b.Sub(read, b.Reshape(square, [Count])));
            return [square];
        }),
        ["old value as result"] = (false, (b, v, _, x) => { Value read = Read(b, v); Assign(b, v, b.Sub(read, x)); return [read]; }),
        ["new value as result"] = (false, (b, v, _, x) => { Value next = b.Sub(Read(b, v), x); Assign(b, v, next); return [next]; }),
        ["old value used later"] = (false, (b, v, _, x) =>
        {
            Value read = Read(b, v);
            Assign(b, v, b.Sub(read, x));
            return [b.Emit(OpDefs.CumSum, Attrs.Of("axis", 0L), [read])[0]];
        }),
        ["old value behind a loop"] = (false, (b, v, _, x) =>
        {
            Value read = Read(b, v);
            Assign(b, v, b.Sub(read, x));
            Times(3, b, () => Assign(b, v, b.Add(Read(b, v), b.Scalar(1, read))));
            return [b.Emit(OpDefs.CumSum, Attrs.Of("axis", 0L), [read])[0]];
        }),
        ["loop alone"] = (true, (b, v, _, x) => { Times(3, b, () => Assign(b, v, b.Add(Read(b, v), b.Scalar(1, x)))); return [x]; }),
        ["reversed"] = (false, (b, v, _, x) => { Assign(b, v, b.Add(b.Emit(OpDefs.Reverse, Attrs.Of("axes", new[] { 0 }), [Read(b, v)])[0], x)); return [x]; }),
        ["assigned twice"] = (false, (b, v, _, x) =>
        {
            Assign(b, v, b.Add(Read(b, v), x));
            Assign(b, v, b.Mul(Read(b, v), x));
            return [x];
        }),
        ["for two variables"] = (false, (b, v, w, x) => { Value next = b.Add(Read(b, v), x); Assign(b, v, next); Assign(b, w, next); return [x]; }),
        ["a check in between"] = (false, (b, v, _, x) =>
        {
            Value next = b.Sub(Read(b, v), x);
            b.Emit(OpDefs.Assert, Attrs.Of("message", "finite"), [b.Emit(OpDefs.IsFinite, b.Sum(next, [0]))]);
            Assign(b, v, next);
            return [x];
        }),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void Values_are_those_of_the_specification(string name)
    {
        var (inPlace, program) = s_programs[name];
        VariableResource v = Variable("v", 1), w = Variable("w", 2);
        var b = new GraphBuilder { Source = SourceSpan.None };
        Value x = b.Parameter(Vector, "x");
        Ir.Graph graph = b.Finish("f", program(b, v, w, x));
        Executable plan = _device.Compile(graph);
        TensorData given = TensorData.From(Literal.FromDoubles(Vector, i => 0.01 * i));
        TensorData home = HomeOf(v), homeOfW = HomeOf(w);
        for (int run = 0; run < 3; run++)
        {
            (Literal before, Literal beforeW) = (v.HostValue!, w.HostValue!);
            TensorData[] found = plan.Run([given]);
            (Literal after, Literal afterW) = (v.HostValue!, w.HostValue!);
            Assert.Equal(inPlace, Holds(v, home));
            // What the library sees is what was assigned, or what was there.
            Assert.Equal(inPlace ? after : before, home.ToLiteral());

            (v.HostValue, w.HostValue) = (before, beforeW);
            Literal[] expected = new Interpreter().Run(graph, given.ToLiteral());
            for (int i = 0; i < found.Length; i++) Agree.Same(expected[i], found[i].ToLiteral(), $"{name}, run {run}, result {i}");
            Agree.Same(v.HostValue!, after, $"{name}, run {run}, v");
            Agree.Same(w.HostValue!, afterW, $"{name}, run {run}, w");
            Return(v, home, after);
            Return(w, homeOfW, afterW);
        }
    }

    [Fact]
    public void Who_holds_the_value_keeps_it()
    {
        VariableResource v = Variable("v", 1);
        Executable plan = _device.Compile(Update(v));
        TensorData held = v.Value!;
        Literal before = held.ToLiteral();
        plan.Run([TensorData.From(before)]);
        Assert.Equal(before, held.ToLiteral());
        Assert.Equal(0, v.HostValue!.GetDouble(5));
    }

    [Fact]
    public void An_argument_on_the_same_memory_keeps_its_value()
    {
        VariableResource v = Variable("v", 1);
        var b = new GraphBuilder { Source = SourceSpan.None };
        Value x = b.Parameter(Vector, "x");
        Assign(b, v, b.Sub(Read(b, v), b.Scalar(1, x)));
        Executable plan = _device.Compile(b.Finish("f", [b.Emit(OpDefs.CumSum, Attrs.Of("axis", 0L), [x])[0]]));
        Literal before = v.HostValue!;
        var alias = new TensorData(TensorLayout.Of(Vector), new ManagedBuffer(_device, HomeOf(v).Address(), Count * sizeof(float), new Owner()));
        double sum = plan.Run([alias])[0].ToLiteral().GetDouble(Count - 1);
        Assert.Equal(Enumerable.Range(0, Count).Sum(i => before.GetDouble(i)), sum, 2);
        Assert.False(Holds(v, HomeOf(v)));
    }

    private static Ir.Graph Update(VariableResource v)
    {
        var b = new GraphBuilder { Source = SourceSpan.None };
        Value x = b.Parameter(Vector, "x");
        Assign(b, v, b.Sub(Read(b, v), x));
        return b.Finish("f", [x]);
    }

    private VariableResource Variable(string name, double start)
    {
        nint memory = (nint)NativeMemory.Alloc(Count, sizeof(float));
        _memory.Add(memory);
        var data = new TensorData(TensorLayout.Of(Vector), new ManagedBuffer(_device, (byte*)memory, Count * sizeof(float), new Owner()));
        var variable = new VariableResource(name, Vector) { Mirror = new Library(data) };
        Return(variable, data, Literal.FromDoubles(Vector, i => start + i));
        return variable;
    }

    private static bool Holds(VariableResource variable, TensorData home)
    {
        TensorData value = variable.Value!;
        value.Release();
        return value == home;
    }

    // As the library does between two runs.
    private static void Return(VariableResource variable, TensorData home, Literal value)
    {
        home.Buffer.Write(0, value.Bytes(0, Count * sizeof(float)));
        home.Retain();
        variable.Assign(home);
    }

    private static void Times(int count, GraphBuilder b, Action body)
    {
        Value start = b.Constant(Literal.Scalar(DType.F32, 0));
        b.BeginRegion();
        Value i = b.Parameter(start.Type);
        var condition = b.EndRegion([b.Emit(OpDefs.Less, i, b.Scalar(count, i))]);
        b.BeginRegion();
        Value j = b.Parameter(start.Type);
        body();
        b.Loop([start], condition, b.EndRegion([b.Add(j, b.Scalar(1, j))]));
    }

    private static Value Read(GraphBuilder b, VariableResource variable) => b.Emit(OpDefs.ReadVariable, Attrs.Of("var", variable), [])[0];

    private static void Assign(GraphBuilder b, VariableResource variable, Value value) => b.Emit(OpDefs.AssignVariable, Attrs.Of("var", variable), [value]);

    private static TensorData HomeOf(VariableResource variable) => variable.Mirror!.Home!;

    private sealed class Library(TensorData home) : VariableMirror
    {
        public override TensorData? Home => home;

        public override void Enter()
        {
        }

        public override void Leave(bool completed)
        {
        }
    }

    private sealed class Owner : IDisposable
    {
        public void Dispose()
        {
        }
    }
}
