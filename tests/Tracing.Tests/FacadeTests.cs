using System.Reflection;

namespace TensorGraph.Tests;

/// <summary>Every op that users may want has a method on <see cref="Ops"/>; what has another name, or none, is listed here with the reason.</summary>
public sealed class FacadeTests
{
    private static readonly Dictionary<string, string> OtherNames = new()
    {
        ["reduce_sum"] = "Sum", ["reduce_prod"] = "Prod", ["reduce_mean"] = "Mean", ["reduce_any"] = "Any", ["reduce_all"] = "All",
        ["reduce_variance"] = "Variance", ["reduce_log_sum_exp"] = "LogSumExp", ["select"] = "Where", ["dim_size"] = "Size", ["matmul"] = "MatMul",
    };

    // Parameters and constants come from tensors, variables from Variable, control flow from C#, random bits from RandomGenerator;
    // window_arg_max only serves the gradient of window_max; lists and sizes of data come from TensorArray; Tensor.To sends to a device.
    private static readonly string[] NoMethod =
        ["parameter", "constant", "read_variable", "assign_variable", "if", "switch", "while", "call", "advance_random", "random_bits", "window_arg_max",
         "bind_size", "check_index", "to_device", "list_new", "list_add", "list_of", "list_count", "list_get", "list_set", "list_stack"];

    [Fact]
    public void Every_op_has_a_method()
    {
        var methods = typeof(Ops).GetMethods(BindingFlags.Public | BindingFlags.Static).Select(method => method.Name).ToHashSet();
        var missing = OpTable.All.Select(op => op.Name).Except(NoMethod).Where(name => !methods.Contains(OtherNames.GetValueOrDefault(name, Pascal(name))));
        Assert.Equal([], missing);
        Assert.DoesNotContain(OtherNames.Keys.Concat(NoMethod), name => OpTable.Find(name) is null);
    }

    private static string Pascal(string name) => string.Concat(name.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
}
