using System.Runtime.CompilerServices;
using TensorGraph.Backends;
using TensorGraph.Backends.Managed;
using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>Objects that devices own: memory, layouts, programs.</summary>
public sealed class DeviceTests
{
    private static readonly TensorType Vector = new(DType.F32, new Shape(3));

    [Fact]
    public void A_device_is_found_by_its_name()
    {
        Assert.Same(Devices.Managed, Devices.Find("managed"));
        Assert.Same(Devices.Interpreter, Devices.Find("interpreter"));
        Assert.Contains("managed, interpreter", Assert.Throws<ArgumentException>(() => Devices.Find("abacus")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_limit_of_memory_is_not_negative()
    {
        foreach (Device device in Devices.All)
        {
            long before = device.MemoryLimit;
            GraphException error = Assert.Throws<GraphException>(() => device.MemoryLimit = -5);
            Assert.Equal((DiagnosticIds.OutOfRange, before), (error.Id, device.MemoryLimit));
        }
    }

    [Fact]
    public void A_block_out_of_range_has_one_message_on_all_devices()
    {
        var build = new GraphBuilder();
        Value x = build.Parameter(new(DType.F32, new Shape(5))), start = build.Parameter(new(DType.I32, Shape.Scalar));
        Ir.Graph graph = build.Finish("block", [build.Emit(OpDefs.DynamicSlice, Attrs.Of("size", new Shape(3)), [x, start])[0]]);
        Literal[] inputs = [Literal.Zeros(new(DType.F32, new Shape(5))), Literal.Scalar(DType.I32, 4)];
        string expected = Assert.Throws<GraphException>(() => new Interpreter().Run(graph, inputs)).Problem;
        Assert.Contains("axis 0 of f32[5]", expected, StringComparison.Ordinal);
        Assert.Equal(expected, Assert.Throws<GraphException>(() => Agree.On(Devices.Managed, graph, inputs)).Problem);
    }

    [Fact]
    public void Values_go_to_a_device_and_come_back()
    {
        Literal[] values =
        [
            Literal.FromDoubles(Vector, i => i / 2.0), Literal.Scalar(DType.I64, -3), Literal.Zeros(new(DType.Bool, new Shape(0))),
            new(new(DType.String, new Shape(2)), new[] { "a", "b" }), Literal.FromDoubles(new(DType.F64, new Shape(40, 50)), i => i),
        ];
        foreach (Device device in Devices.All)
        {
            foreach (Literal value in values) Assert.Equal(value, device.Copy(Devices.Managed.From(value)).ToLiteral());
        }
    }

    [Fact]
    public void A_list_is_copied_with_its_elements()
    {
        var build = new GraphBuilder { Source = SourceSpan.None };
        Ir.Graph graph = build.Finish("rows", [build.Emit(OpDefs.ListOf, build.Parameter(new(DType.F32, new Shape(2, 3))))]);
        Literal rows = Literal.FromDoubles(new(DType.F32, new Shape(2, 3)), i => i);

        TensorData list = Devices.Managed.Compile(graph).Run([Devices.Managed.From(rows)])[0], copy = Devices.Interpreter.Copy(list);

        Assert.Equal(Devices.Interpreter, copy.Device);
        Assert.Equal(rows, list.ToLiteral());
        Assert.Equal(rows, copy.ToLiteral());
    }

    [Fact]
    public void An_executable_takes_tensors_of_its_own_device()
    {
        var build = new GraphBuilder { Source = SourceSpan.None };
        Ir.Graph graph = build.Finish("negated", [build.Neg(build.Parameter(Vector))]);
        Literal value = Literal.FromDoubles(Vector, i => i);
        foreach (Device device in Devices.All)
        {
            Executable executable = device.Compile(graph);
            Device other = Devices.All.First(other => other != device);
            executable.Run([device.From(value)]);

            string message = Assert.Throws<GraphException>(() => executable.Run([other.From(value)])).Message;
            Assert.Contains($"runs on device '{device}'", message, StringComparison.Ordinal);
            Assert.Equal(DiagnosticIds.NullArgument, Assert.Throws<GraphException>(() => executable.Run([null!])).Id);
        }
    }

    [Fact]
    public void A_variable_of_another_device_is_an_error_in_a_graph()
    {
        var variable = new VariableResource("w", Vector) { Value = Devices.Interpreter.From(Literal.Zeros(Vector)) };
        var build = new GraphBuilder { Source = SourceSpan.None };
        Executable executable = Devices.Managed.Compile(build.Finish("read", [build.Neg(build.Emit(OpDefs.ReadVariable, Attrs.Of("var", variable), [])[0])]));

        Assert.Equal(DiagnosticIds.MixedDevices, Assert.Throws<GraphException>(() => executable.Run([])).Id);
        variable.Value = Devices.Managed.From(Literal.Zeros(Vector));
        Assert.Equal(Literal.Zeros(Vector), Devices.Managed.RunSingle(OpDefs.Abs, Attrs.Empty, executable.Run([])[0]).ToLiteral());
    }

    [Fact]
    public void An_assigned_variable_is_where_its_value_is()
    {
        var variable = new VariableResource("w", Vector) { Value = Devices.Interpreter.From(Literal.Zeros(Vector)) };

        variable.HostValue = Literal.FromDoubles(Vector, i => i);
        Assert.Equal(Devices.Interpreter, variable.Value!.Device);
        Devices.Managed.Run(OpDefs.AssignVariable, Attrs.Of("var", variable), Devices.Managed.From(Literal.Zeros(Vector)));
        Assert.Equal(Devices.Managed, variable.Value!.Device);
    }

    [Fact]
    public void Equal_types_have_one_layout_while_it_is_used_and_none_after()
    {
        TensorLayout kept = TensorLayout.Of(new(DType.F32, new Shape(123_456)));
        for (int i = 0; i < 40_000; i++) Use(i);
        Assert.Same(kept, TensorLayout.Of(new(DType.F32, new Shape(123_456))));
        GC.Collect();
        GC.WaitForPendingFinalizers();
        for (int i = 0; i < 40_000; i++) Use(i + 40_000);
        Assert.InRange(TensorLayout.Remembered, 1, 60_000);
        Assert.Same(kept, TensorLayout.Of(new(DType.F32, new Shape(123_456))));

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Use(int i)
        {
            var type = new TensorType(DType.U8, new Shape(1_000_000 + i));
            Assert.Same(TensorLayout.Of(type), TensorLayout.Of(type));
        }
    }

    [Fact]
    public void Memory_that_there_is_not_does_not_count()
    {
        var pool = new MemoryPool(Devices.Managed);

        foreach (long bytes in new[] { 1L << 55, 1L << 60, long.MaxValue })
            Assert.Equal(DiagnosticIds.OutOfMemory, Assert.ThrowsAny<GraphException>(() => pool.Allocate(bytes, out _)).Id);

        Assert.Equal(0, pool.LiveBytes);
        ManagedBuffer buffer = pool.Allocate(5_000, out _);
        Assert.InRange(pool.LiveBytes, 5_000, 10_000);
        buffer.Release();
        Assert.Equal(0, pool.LiveBytes);
        Assert.InRange(pool.PooledBytes, 5_000, 10_000);
    }

    [Fact]
    public void Memory_is_written_over_only_while_it_has_one_holder()
    {
        var pool = new MemoryPool(Devices.Managed);
        ManagedBuffer large = pool.Allocate(5_000, out _), small = pool.Allocate(50, out _);

        Assert.True(large.IsUnique);
        large.Retain();
        Assert.False(large.IsUnique);
        large.Release();
        Assert.True(large.IsUnique);
        Assert.False(small.IsUnique);
    }
}
