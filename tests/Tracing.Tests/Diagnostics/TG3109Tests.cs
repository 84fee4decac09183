namespace TensorGraph.Tests.Diagnostics;

/// <summary>TG3109 at run time: an exception leaves the function of a scan, map or block, and the graph function catches it.</summary>
public sealed partial class TG3109Tests
{
    private static readonly Tensor s_items = new[] { 1f, 4f, 9f };
    private static readonly Variable s_state = new(new[] { 0f, 0f, 0f }, name: "state");

    /// <summary>Calls of a function that throws after it has used what is around it.</summary>
    public static TheoryData<string, Func<Tensor, Func<Tensor, Tensor>, Tensor>> Calls => new()
    {
        { "scan", (x, f) => Ops.Scan(x[0], x, (sum, item) => (sum + item, f(item))).Outputs },
        { "map", (x, f) => Ops.Map(x, f) },
        { "vmap", (x, f) => Ops.Vmap(x, f) },
        { "checkpoint", (x, f) => Ops.Checkpoint(() => f(x)) },
        { "on_device", (x, f) => Ops.OnDevice(Device.Current, () => f(x)) },
        { "nested", (x, f) => Ops.Checkpoint(() => Ops.Scan(x[0], x, (sum, item) => (sum + item, Ops.Checkpoint(() => f(item)))).Outputs) },
    };

    [Theory]
    [MemberData(nameof(Calls))]
    public void A_function_without_effects_may_throw(string name, Func<Tensor, Func<Tensor, Tensor>, Tensor> call) => Modes.Both(() =>
    {
        Tensor weight = 3f;
        using var tape = new GradientTape();
        tape.Watch(s_items);
        Tensor y = Caught(s_items, x => call(x, item => throw new InvalidTimeZoneException($"{name}: {item * weight}")));
        Assert.Equal([2f, 8f, 18f], y.ToArray<float>());
        Assert.Equal([2f, 2f, 2f], tape.Gradient(y, s_items)!.ToArray<float>());
        return name;
    });

    [Fact]
    public void One_that_assigned_is_refused() => Expect.ErrorHere(
        DiagnosticIds.CatchAroundStaged, () => Caught(s_items, x => Ops.Checkpoint(() => Assign(x))), ["checkpoint", "InvalidTimeZoneException", "late"]);

    [Fact]
    public void One_that_changed_an_array_is_refused() => Expect.ErrorHere(DiagnosticIds.CatchAroundStaged, () => Array(s_items), ["checkpoint", "full"]);

    [Fact]
    public void What_is_caught_within_is_in_order() => Modes.Both(() =>
    {
        s_state.Assign(Ops.Zeros(3));
        Assert.Equal([2f, 8f, 18f], Within(s_items).ToArray<float>());
        Assert.Equal([1f, 4f, 9f], s_state.Value.ToArray<float>());
        return s_state;
    });

    private static Tensor Assign(Tensor x)
    {
        s_state.Assign(x);
        throw new InvalidTimeZoneException("late");
    }

    [GraphFunction]
    private static Tensor Caught(Tensor x, Func<Tensor, Tensor> call)
    {
        Tensor y = x * 2f;
        try
        {
            return call(x);
        }
        catch (InvalidTimeZoneException)
        {
            return y;
        }
    }

    [GraphFunction]
    private static Tensor Array(Tensor x)
    {
        var array = new TensorArray();
        try
        {
            Ops.Checkpoint(() =>
            {
                array.Add(x);
                return x.Sum() * Fail(x);
            });
        }
        catch (InvalidTimeZoneException)
        {
            array.Add(x + 1);
        }

        return array.Stack();
    }

    private static Tensor Fail(Tensor x) => throw new InvalidTimeZoneException($"full of {x.Rank}");

    [GraphFunction]
    private static Tensor Within(Tensor x) => Ops.Checkpoint(() =>
    {
        try
        {
            return Assign(x);
        }
        catch (InvalidTimeZoneException)
        {
            return x * 2f;
        }
    });
}
