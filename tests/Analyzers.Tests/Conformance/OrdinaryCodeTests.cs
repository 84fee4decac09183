namespace TensorGraph.Tests.Conformance;

/// <summary>Code that is right and was once refused: it builds, and runs the same both ways.</summary>
public sealed class OrdinaryCodeTests
{
    private static readonly Programs s_programs = new("""
        private Tensor _total = 0;
        private Tensor Bounded { get; set { field = value; } } = 0;
        private Tensor Clipped { get => _total; set { if (value > 9) _total = 9; else _total = value; } }
        private readonly Cell[] _cells = [new(), new()];
        private readonly List<Cell> _list = [new(), new(), new()];
        private Tensor Sum(params ReadOnlySpan<Tensor> all) { Tensor sum = 0; foreach (Tensor t in all) { if (t > 3) sum = sum + t; else sum = sum - t; } return sum; }
        private Tensor SumOfArray(params Tensor[] all) { Tensor sum = 0; foreach (Tensor t in all) { if (t > 3) sum = sum + t; else sum = sum - t; } return sum; }
        [GraphFunction] public Tensor DelegateReads(Tensor x, Tensor y, int mode)
        {
            Tensor n = 0, m = 1;
            Action<Tensor> write = v => n = n + v;
            Func<Tensor, bool, Tensor> read = (v, flag) => v + m;
            write(x);
            if (x > 3 && read(y, true) > 4) m = m + 1;
            Tensor r = y > 3 ? read(x, false) : y;
            return n * 100 + m * 10 + r;
        }
        [GraphFunction] public Tensor FieldKeyword(Tensor x, Tensor y, int mode)
        {
            Bounded = x;
            if (x > 3) Bounded = y;
            while (Bounded < 5) Bounded += 2;
            return Bounded * 10 + y;
        }
        [GraphFunction] public Tensor StackedCells(Tensor x, Tensor y, int mode)
        {
            Tensor seq = Ops.Stack([x, y, x + y]);
            foreach (var c in _cells) c.H = y;
            foreach (Tensor e in seq) { Tensor input = e; foreach (var c in _cells) { c.H = c.H * 2 + input; input = c.H; } }
            return _cells[0].H * 10 + _cells[1].H;
        }
        [GraphFunction] public Tensor StackedCellsByIndex(Tensor x, Tensor y, int mode)
        {
            for (int i = 0; i < _cells.Length; i++) _cells[i].H = x;
            for (Tensor t = 0; t < 3; t++) for (int i = 0; i < _cells.Length; i++) _cells[i].H = _cells[i].H + t * i + y;
            return _cells[0].H * 10 + _cells[1].H;
        }
        [GraphFunction] public Tensor StackedCellsInList(Tensor x, Tensor y, int mode)
        {
            foreach (Cell c in _list) c.H = x;
            Tensor n = 0;
            while (n < 3) { foreach (Cell c in _list) c.Step(n + y); n++; }
            return _list[0].H + _list[2].H * 10;
        }
        [GraphFunction] public Tensor CellsOfLocalArray(Tensor x, Tensor y, int mode)
        {
            Cell[] cells = [new() { H = x }, new() { H = y }];
            if (x > 3) foreach (var c in cells) c.H = c.H + 1;
            return cells[0].H * 10 + cells[1].H;
        }
        [GraphFunction] public Tensor ParamsSpan(Tensor x, Tensor y, int mode) => Sum(x, y, 5) + Sum() + SumOfArray(x, y);
        [GraphFunction] public Tensor[] EarlyReturnOfArray(Tensor x, Tensor y, int mode)
        {
            Tensor a = x + 1, b = y;
            if (x > 3) return [a, b];
            while (b < 3) { b = b + 2; if (b == 2) return [b, a]; }
            return [b, a * 2];
        }
        [GraphFunction] public List<Tensor> EarlyReturnOfList(Tensor x, Tensor y, int mode)
        {
            if (x > y) return new List<Tensor> { x, y };
            return [y, x];
        }
        [GraphFunction] public Tensor ArrayInRecord(Tensor x, Tensor y, int mode)
        {
            var s = new State([x, y], x);
            for (Tensor i = 0; i < 3; i++) s = new State([s.All[1], s.All[0] + i], s.Last + s.All[0]);
            if (y > 3) s = s with { All = [s.Last, y] };
            return s.All[0] * 100 + s.All[1] * 10 + s.Last;
        }
        [GraphFunction] public Tensor StaticInterface(Tensor x, Tensor y, int mode) => Apply<Twice>(x) + Apply<Clip>(y);
        [GraphFunction] public Tensor DefaultBody(Tensor x, Tensor y, int mode) { IScaled s = mode > 1 ? new Plain() : new Own(); return s.Scale(x) + s.Scale(y); }
        [GraphFunction] public Tensor SetterAsTarget(Tensor x, Tensor y, int mode)
        {
            (Clipped, Tensor other) = (x * 2, y);
            Tensor before = Clipped;
            if (y > 3) (other, Clipped) = (Clipped, other + x);
            return before * 100 + Clipped * 10 + other;
        }
        private static Tensor Apply<T>(Tensor v) where T : IOp => T.Run(v);
        """, """
        public sealed partial class Cell { public Tensor H { get; set; } = 0; public void Step(Tensor v) { if (v > 2) H = H + v; else H = H - v; } }
        public record State(Tensor[] All, Tensor Last);
        public partial interface IOp { static abstract Tensor Run(Tensor v); }
        public partial class Twice : IOp { public static Tensor Run(Tensor v) => v * 2; }
        public partial class Clip : IOp { public static Tensor Run(Tensor v) { if (v > 3) return 3; return v; } }
        public partial interface IScaled { Tensor Scale(Tensor v) { if (v > 3) return v * 2; return v; } }
        public partial class Plain : IScaled { }
        public partial class Own : IScaled { public Tensor Scale(Tensor v) => v * 5; }
        """, hasState: true);

    [Fact]
    public void A_graph_function_takes_a_span_of_tensors()
    {
        System.Reflection.Assembly program = Roslyn.Load("""
            public static partial class Model
            {
                [GraphFunction] public static Tensor Sum(params ReadOnlySpan<Tensor> all) { Tensor sum = 0; foreach (Tensor t in all) { if (t > 3) sum = sum + t; else sum = sum - t; } return sum; }
                public static string Calls() => $"{Sum()} {Sum(1)} {Sum(1, 5)} {Sum(9, 5)} {Sum([4, 2, 6])}";
            }
            """);
        Assert.Equal("0 -1 4 14 8", program.GetType("Model")!.GetMethod("Calls")!.Invoke(null, null));
    }

    public static TheoryData<string> Names => s_programs.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Traced_equals_imperative(string method) => s_programs.AssertEqual(method);
}
