namespace TensorGraph.Tests.Fuzz;

/// <summary>Members that the random programs of both kinds call; the class around them has a tensor <c>State</c>.</summary>
internal static class FuzzedMembers
{
    public const string Text = BothWays.LogMember + """

            private Tensor Logged(Tensor x) { Log(x); return x; }
            private Tensor Advance(Tensor x) { if (x > 2) { State = (State + x) % 8; return State; } State = State - 1; return x; }
            private static (Tensor X, Tensor Y) Sorted(Tensor x, Tensor y) { if (x > y) return (y, x); return (x, y); }
            private static Tensor Helper(Tensor x) { if (x > 3) return x - 3; return x + 1; }
        """;
}
