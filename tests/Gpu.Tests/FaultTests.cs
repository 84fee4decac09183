using TensorGraph.Backends;
using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>Faults on a device are errors of their own, and the device and the others go on.</summary>
public sealed class FaultTests
{
    private static readonly Attrs Axis = Attrs.Of("axis", 0L);

    [GpuFact]
    public void A_position_out_of_range_is_the_error_of_the_managed_device()
    {
        Device device = Device.OpenCl();
        TensorData x = Numbers(device, 5), positions = device.From<int>(new TensorType(DType.I32, [3]), [0, 7, 1]);
        GraphException error = Assert.Throws<GraphException>(() => device.RunSingle(OpDefs.Gather, Axis, x, positions));
        GraphException expected = Assert.Throws<GraphException>(() => Devices.Managed.RunSingle(
            OpDefs.Gather, Axis, Numbers(Devices.Managed, 5), Devices.Managed.From<int>(new TensorType(DType.I32, [3]), [0, 7, 1])));
        Assert.Equal(expected.Problem, error.Problem);
        Assert.Contains("FaultTests.cs", error.Message, StringComparison.Ordinal);
        TensorData right = device.From<int>(new TensorType(DType.I32, [3]), [4, 0, 1]);
        Assert.Equal(4, device.RunSingle(OpDefs.Gather, Axis, x, right).Element<float>(0));
    }

    [GpuTheory]
    [InlineData(false, 10)]
    [InlineData(true, 10)]
    [InlineData(false, 5000)]
    [InlineData(true, 5000)]
    public void The_first_of_several_positions_out_of_range_is_named(bool isScatter, int size)
    {
        int[] places = [.. Enumerable.Range(0, 3000).Select(i => i % 7 == 3 && i > 20 ? size + i : i % size)];
        GraphException Of(Device device)
        {
            TensorData x = Numbers(device, size), positions = device.From<int>(new TensorType(DType.I32, [3000]), places);
            return Assert.Throws<GraphException>(() => isScatter
                ? device.RunSingle(OpDefs.ScatterAdd, Axis, x, positions, Numbers(device, 3000))
                : device.RunSingle(OpDefs.Gather, Axis, x, positions));
        }
        Assert.Equal(Of(Devices.Managed).Problem, Of(Device.OpenCl()).Problem);
    }

    [GpuFact]
    public void A_fault_before_an_assignment_leaves_the_variable()
    {
        Device device = Device.OpenCl();
        var variable = new VariableResource("v", new TensorType(DType.F32, [1])) { Value = device.From<float>(new TensorType(DType.F32, [1]), [3]) };
        var build = new GraphBuilder { Source = SourceSpan.None };
        Value x = build.Parameter(new TensorType(DType.F32, [5])), positions = build.Parameter(new TensorType(DType.I32, [1]));
        build.Emit(OpDefs.AssignVariable, Attrs.Of("var", variable), [build.Emit(OpDefs.Gather, Axis, [x, positions])[0]]);
        Executable executable = device.Compile(build.Finish("f", []));
        Assert.Throws<GraphException>(() => executable.Run([Numbers(device, 5), device.From<int>(new TensorType(DType.I32, [1]), [5])]));
        Assert.Equal(3, variable.Value!.Element<float>(0));
        executable.Run([Numbers(device, 5), device.From<int>(new TensorType(DType.I32, [1]), [4])]);
        Assert.Equal(4, variable.Value!.Element<float>(0));
    }

    [GpuFact]
    public void Many_threads_run_one_program()
    {
        Device device = Device.OpenCl();
        var build = new GraphBuilder { Source = SourceSpan.None };
        Value x = build.Parameter(new TensorType(DType.F32, [1000]));
        Value sum = build.Emit(OpDefs.ReduceSum, Attrs.Of(("axes", new long[] { 0 }), ("keep", false)), [build.Mul(x, x)])[0];
        Executable executable = device.Compile(build.Finish("f", [build.Emit(OpDefs.Sqrt, sum)]));
        Parallel.For(0, 64, i =>
        {
            float[] elements = new float[1000];
            Array.Fill(elements, i);
            TensorData result = executable.Run([device.From<float>(new TensorType(DType.F32, [1000]), elements)])[0];
            Assert.Equal(i * Math.Sqrt(1000), result.Element<float>(0), 1e-2);
        });
    }

    [GpuFact]
    public void Results_are_read_while_later_calls_are_in_the_queue()
    {
        Device device = Device.OpenCl();
        var build = new GraphBuilder { Source = SourceSpan.None };
        Value x = build.Parameter(new TensorType(DType.F32, [5000]));
        Executable executable = device.Compile(build.Finish("f", [build.Emit(OpDefs.Exp, build.Mul(x, x)), x]));
        var reads = new List<Task>();
        for (int i = 0; i < 50; i++)
        {
            float[] elements = new float[5000];
            Array.Fill(elements, i / 50f);
            TensorData[] results = executable.Run([device.From<float>(new TensorType(DType.F32, [5000]), elements)]);
            double expected = Math.Exp(i / 50f * (i / 50f));
            reads.Add(Task.Run(() =>
            {
                Assert.Equal(expected, results[0].Element<float>(4999), 1e-5);
                var same = new float[5000];
                results[1].CopyTo<float>(same);
                Assert.Equal(elements, same);
            }));
        }
        Task.WaitAll([.. reads]);
    }

    private static TensorData Numbers(Device device, int count) =>
        device.From(Literal.FromDoubles(new TensorType(DType.F32, [count]), i => i));
}
