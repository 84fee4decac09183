namespace TensorGraph.Tests.Diagnostics;

/// <summary>TG1007, a loop that was converted for a trace runs when the graph does.</summary>
public sealed partial class TG1007Tests
{
    private static readonly List<string> s_seen = [];

    [Fact]
    public void A_delegate_that_is_called_while_tracing_and_by_the_host()
    {
        Assert.Equal(2, Modes.Run(() => Both(8), imperatively: true).Result.Item<int>());
        Expect.ErrorHere(DiagnosticIds.ConvertedOutsideTrace, () => Modes.Run(() => Both(8), imperatively: false), ["while", "Ops.HostCall"]);
    }

    [Fact]
    public void A_branch_in_it_works_both_ways()
    {
        s_seen.Clear();
        Modes.Both(() => Branching(8));
        Assert.Equal(["4", "4"], s_seen);
    }

    [Fact]
    public void A_delegate_of_its_own_works_both_ways()
    {
        s_seen.Clear();
        Modes.Both(() => Own(8));
        Assert.Equal(["2", "2"], s_seen);
    }

    [GraphFunction]
    private static Tensor Both(Tensor x) => Watched(
        t =>
        {
            while (t > 3)
                t = t / 2;
            return t;
        },
        x);

    [GraphFunction]
    private static Tensor Branching(Tensor x) => Watched(
        t =>
        {
            if (t > 3)
                t = t / 2;
            return t;
        },
        x);

    [GraphFunction]
    private static Tensor Own(Tensor x)
    {
        Ops.HostCall(
            (Tensor t) =>
            {
                while (t > 3)
                    t = t / 2;
                s_seen.Add(t.ToString()!);
            },
            x);
        return x;
    }

    private static Tensor Watched(Func<Tensor, Tensor> f, Tensor x)
    {
        Ops.HostCall((Tensor t) => s_seen.Add(f(t).ToString()!), x);
        return f(x);
    }
}
