using TensorGraph.Backends;
using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>Memory of the process while plans run; other tests would take some beside it.</summary>
[Collection(ProcessState.Name)]
public sealed class PlanMemoryTests
{
    [Fact]
    public void It_stays_flat_without_dispose()
    {
        var type = new TensorType(DType.F32, [20_000]);
        var variable = new VariableResource("w", type) { Value = TensorData.From<float>(type, new float[20_000]) };
        var build = new GraphBuilder { Source = SourceSpan.None };
        Attrs var = Attrs.Of("var", variable);
        Value w = build.Emit(OpDefs.ReadVariable, var, [])[0], next = build.Add(w, build.Scalar(1, w));
        build.Emit(OpDefs.AssignVariable, var, [next]);
        Executable step = Device.Current.Compile(build.Finish("test", [build.Mul(next, 2)]));
        long Run(int steps)
        {
            for (int i = 0; i < steps; i++)
            {
                TensorData result = step.Run([])[0];
                Device.Current.RunSingle(OpDefs.Mul, Attrs.Empty, result, result);
            }
            return Environment.WorkingSet;
        }

        Run(2_000);
        long before = Environment.WorkingSet;
        long after = Run(10_000);
        // 10,000 steps hand out 2.4 GB.
        Assert.True(after - before < 200L << 20, $"{(after - before) >> 20} MB more after 10,000 steps");
        var values = new float[20_000];
        variable.Value!.CopyTo<float>(values);
        Assert.Equal(12_000f, values[0]);
    }
}
