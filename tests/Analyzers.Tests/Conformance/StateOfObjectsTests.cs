namespace TensorGraph.Tests.Conformance;

/// <summary>State of the objects in C# collections that branches and loops change, in whatever way the objects are reached.</summary>
public sealed class StateOfObjectsTests
{
    private static readonly Programs s_programs = new("""
        private readonly Cell[] _cells = [new(), new()];
        private readonly Dictionary<string, Cell> _byName = new() { ["a"] = new(), ["b"] = new() };
        private readonly List<ICell> _mixed = [new Cell(), new Other()];
        private readonly Cell?[] _holes = [new(), null, new()];
        private readonly Cell[] _twice;
        private readonly Stack[] _stacks = [new(), new()];
        public Model() { var c = new Cell(); _twice = [c, new(), c]; }
        private Tensor Start(Tensor x) { foreach (var c in _cells) c.H = x; foreach (var c in _byName.Values) c.H = x; foreach (var c in _mixed) c.H = x; foreach (var c in _twice) c.H = x; foreach (var c in _holes) if (c is not null) c.H = x; foreach (var s in _stacks) { s.Top.H = x; s.Depth = 0; } return x; }
        [GraphFunction] public Tensor Values(Tensor x, Tensor y, int mode)
        {
            Start(x);
            foreach (Tensor i in Ops.Range(3)) foreach (var c in _byName.Values) { if (c.H > 4) continue; c.H = c.H + y + i; }
            return _byName["a"].H * 10 + _byName["b"].H;
        }
        [GraphFunction] public Tensor Interfaces(Tensor x, Tensor y, int mode)
        {
            Start(x);
            while (y < 6) { foreach (ICell c in _mixed) c.H = c.H + y; y = y + 2; }
            if (x > 3) foreach (ICell c in _mixed) c.H = c.H * 2;
            return _mixed[0].H * 100 + _mixed[1].H * 10 + y;
        }
        [GraphFunction] public Tensor SameObjectTwice(Tensor x, Tensor y, int mode)
        {
            Start(x);
            for (Tensor i = 0; i < 2; i++) for (int k = 0; k < _twice.Length; k++) _twice[k].H = _twice[k].H + y;
            return _twice[0].H * 100 + _twice[1].H * 10 + _twice[2].H;
        }
        [GraphFunction] public Tensor Holes(Tensor x, Tensor y, int mode)
        {
            Start(x);
            if (y > 3) { foreach (Cell? c in _holes) { if (c is null) continue; c.H = y; } }
            return _holes[0]!.H * 10 + _holes[2]!.H;
        }
        [GraphFunction] public Tensor Inside(Tensor x, Tensor y, int mode)
        {
            Start(x);
            foreach (Tensor i in Ops.Range(2)) foreach (var s in _stacks) { s.Top.H = s.Top.H + i + y; s.Depth = s.Depth + 1; }
            return _stacks[0].Top.H * 10 + _stacks[1].Depth;
        }
        [GraphFunction] public Tensor ByMethodAndIndex(Tensor x, Tensor y, int mode)
        {
            Start(x); Tensor sum = 0;
            while (sum < 9) { for (int k = 0; k < 2; k++) sum = sum + _cells[k].Next(y); if (sum > 20) break; _cells[mode % 2].H = sum; sum = sum + 1; }
            return sum * 100 + _cells[0].H * 10 + _cells[1].H;
        }
        [GraphFunction] public Tensor TwoNames(Tensor x, Tensor y, int mode)
        {
            Start(x); Cell first = _cells[0]; Cell[] again = [first, _cells[1]];
            if (x > 3) { first.H = y; foreach (var c in _cells) c.H = c.H + 1; again[1].H = again[0].H; }
            return _cells[0].H * 100 + again[1].H * 10 + first.H;
        }
        [GraphFunction] public Tensor EarlyReturn(Tensor x, Tensor y, int mode)
        {
            Start(y);
            foreach (var c in _cells) { if (c.H > 6) return c.H; c.H = c.H + x; }
            return _cells[0].H * 10 + _cells[1].H;
        }
        """, """
        public interface ICell { Tensor H { get; set; } }
        public partial class Cell : ICell { public Tensor H { get; set; } = 0; public Tensor Next(Tensor v) { if (v > H) H = v; else H = H + 1; return H; } }
        public class Other : ICell { private Tensor _h = 0; public Tensor H { get => _h; set => _h = value; } }
        public class Stack { public Cell Top { get; } = new(); public Tensor Depth = 0; }
        """, hasState: true);

    public static TheoryData<string> Names => s_programs.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Traced_equals_imperative(string method) => s_programs.AssertEqual(method);
}
