using System.Reflection;

namespace TensorGraph.Tests.Conformance;

/// <summary>Row 4.7: every kind of C# variable that branches and loops carry. Traced equals imperative.</summary>
public sealed class CarriedKindsTests
{
    private static readonly Lazy<Assembly> s_program = new(() => Roslyn.Load(Source));

    [Theory]
    [InlineData("StructLocal")]
    [InlineData("StructProperty")]
    [InlineData("StructField")]
    [InlineData("StructInLoop")]
    [InlineData("StructOfTuple")]
    [InlineData("RecordStruct")]
    [InlineData("RecordWith")]
    [InlineData("RecordOfTuple")]
    [InlineData("ArrayElement")]
    [InlineData("ArrayByHostIndex")]
    [InlineData("ArrayInLoop")]
    [InlineData("ArrayAliases")]
    [InlineData("ArrayField")]
    [InlineData("JaggedArray")]
    [InlineData("ListElement")]
    [InlineData("ListInNestedLoops")]
    [InlineData("DictionaryElement")]
    [InlineData("DictionaryAllKeys")]
    [InlineData("ArrayByLambda")]
    [InlineData("ArrayWithEarlyReturn")]
    [InlineData("ArrayInSwitch")]
    [InlineData("ArrayInDo")]
    [InlineData("ArrayInTuple")]
    [InlineData("UserIndexer")]
    [InlineData("PropertyWithBody")]
    [InlineData("PropertyWithBodyByHelper")]
    [InlineData("FreshArray")]
    [InlineData("NineOfAllKinds")]
    [InlineData("SixteenInLoop")]
    [InlineData("OneArrayByTwoNames")]
    [InlineData("LocalNamedLikeADiscard")]
    [InlineData("MethodThatChangesALocalStruct")]
    [InlineData("MethodThatChangesAStructInAField")]
    [InlineData("MethodThatChangesACopyOfAReadonlyStruct")]
    [InlineData("MethodThatChangesAStructInAnArray")]
    [InlineData("MethodThatChangesACopyInAList")]
    [InlineData("OperatorThatChangesItsCopy")]
    [InlineData("NamesLikeOurs")]
    public void Traced_equals_imperative(string method)
    {
        foreach ((int x, int y) in new[] { (1, 2), (5, 2), (9, 9), (0, 7), (-4, 1) })
            BothWays.AssertEqual(s_program.Value, method, () => [(Tensor)x, (Tensor)y]);
    }

    private const string Source = """
        public struct Cell { public Tensor A; public Tensor B { get; set; } public void Grow(Tensor x) { A = A + x; B = B * 2; } }
        public struct Both { public (Tensor X, Tensor Y) Pair; public Cell Cell; }
        public record struct Point(Tensor X, Tensor Y);
        public struct Sum { public Tensor V; public void Add(Tensor x) => V = V + x; public static Sum operator +(Sum a, Tensor x) { a.Add(x); return a; } }
        public record Line(Tensor From, (Tensor A, Tensor B) To);
        public class Grid { private readonly Tensor[] _cells = [0, 0, 0]; public Tensor this[int i] { get => _cells[i]; set => _cells[i] = value; } }

        public partial class Model
        {
        """ + BothWays.LogMember + """

            private Cell _cell;
            private Tensor[] _array = [0, 0];
            private Tensor _doubled = 0;
            public Tensor Twice { get => _doubled; set => _doubled = value * 2; }

            private readonly Cell _fixed = new() { A = 1, B = 2 };

            [GraphFunction]
            public Tensor MethodThatChangesALocalStruct(Tensor x, Tensor y)
            {
                var cell = new Cell { A = x, B = y };
                if (x > y) cell.Grow(y);
                while (cell.A < 9) cell.Grow(y + 1);
                return cell.A + cell.B * 100;
            }

            [GraphFunction]
            public Tensor MethodThatChangesAStructInAField(Tensor x, Tensor y)
            {
                _cell = new Cell { A = x, B = y };
                if (x > y) _cell.Grow(y);
                if (y > 5) this._cell.Grow(x);
                Tensor result = _cell.A + _cell.B * 100;
                _cell = new Cell { A = 0, B = 0 };
                return result;
            }

            [GraphFunction]
            public Tensor MethodThatChangesACopyOfAReadonlyStruct(Tensor x, Tensor y)
            {
                if (x > y) _fixed.Grow(y);
                return x + _fixed.A;
            }

            [GraphFunction]
            public Tensor MethodThatChangesAStructInAnArray(Tensor x, Tensor y)
            {
                var sums = new Sum[] { new() { V = x }, new() { V = y } };
                for (Tensor i = 0f; i < 3; i++) { sums[1].Add(i); sums[0].V += 1; }
                return sums[0].V + sums[1].V * 10;
            }

            [GraphFunction]
            public Tensor MethodThatChangesACopyInAList(Tensor x, Tensor y)
            {
                var sums = new List<Sum> { new() { V = x } };
                for (Tensor i = 0f; i < 3; i++) sums[0].Add(i);
                return sums[0].V + y;
            }

            [GraphFunction]
            public Tensor OperatorThatChangesItsCopy(Tensor x, Tensor y)
            {
                var sum = new Sum { V = x };
                for (Tensor i = 0f; i < 3; i++) sum += i;
                return sum.V + y;
            }

            [GraphFunction]
            public Tensor NamesLikeOurs(Tensor x, Tensor y)
            {
                Tensor __if1 = x, __result1 = y;
                int __while1 = 3, __break1 = 2;
                if (x > 1) __if1 = x + 2;
                while (x < 3) { x += 1; if (x > 2) break; __result1 += 1; }
                return __if1 + x + __while1 + __result1 * __break1;
            }

            [GraphFunction]
            public Tensor NineOfAllKinds(Tensor x, Tensor y)
            {
                Tensor a = x, b = y, c = x, d = y, e = x;
                (Tensor Low, Tensor High) pair = (x, y);
                var point = new Point(x, y);
                Tensor[] items = [x, y];
                if (x > y)
                {
                    a = 1; b = a + y; c = 3; d = c + y; e = 5;
                    pair = (e, a); point = new Point(d, c); items[1] = 7; _doubled = 8;
                }
                else
                {
                    a = a + d; pair.High = c; items[0] = b; _doubled = e;
                }
                return a + 2 * b + 3 * c + 5 * d + 7 * e + 11 * pair.Low + 13 * pair.High + 17 * point.X + 19 * point.Y + 23 * items[0] + 29 * items[1] + 31 * _doubled;
            }

            [GraphFunction]
            public Tensor SixteenInLoop(Tensor x, Tensor y)
            {
                Tensor a = x, b = y, c = 1, d = 2, e = 3, f = 4, g = 5, h = 6, i = 7, j = 8, k = 9, l = 10, m = 11, n = 12, o = 13;
                while (x < 9)
                {
                    x = x + 2;
                    (a, b, c, d, e, f, g, h, i, j, k, l, m, n, o) = (b, c, d, e, f, g, h, i, j, k, l, m, n, o, a + x);
                }
                return a + 2 * b + 3 * c + 5 * d + 7 * e + 11 * f + 13 * g + 17 * h + 19 * i + 23 * j + 29 * k + 31 * l + 37 * m + 41 * n + 43 * o;
            }

            [GraphFunction]
            public Tensor OneArrayByTwoNames(Tensor x, Tensor y)
            {
                Tensor[] one = [x, y], two = one;
                if (x > y) { one[0] = 3; two[1] = one[0] + y; } else { two[0] = y * 2; }
                while (x < 6) { x = x + 1; one[0] = two[1] + x; two[1] = one[0] * 2; }
                return one[0] + 100 * two[1];
            }

            [GraphFunction]
            public Tensor LocalNamedLikeADiscard(Tensor x, Tensor y)
            {
                Tensor _ = x * 2;
                Tensor z = y;
                Tensor[] items = [x, y];
                if (x > y) { items[0] = _ + 1; z = x; }
                return items[0] + 10 * _ + 100 * z;
            }

            [GraphFunction]
            public Tensor StructLocal(Tensor x, Tensor y)
            {
                var cell = new Cell { A = x, B = y };
                if (x > y) { cell.A = y; cell.B = cell.A * 2; }
                return cell.A + 100 * cell.B;
            }

            [GraphFunction]
            public Tensor StructProperty(Tensor x, Tensor y)
            {
                Cell cell = default;
                cell.A = y;
                if (x > y) cell.B = x; else { cell.B = y; cell.A = x; }
                return cell.A + 100 * cell.B;
            }

            [GraphFunction]
            public Tensor StructField(Tensor x, Tensor y)
            {
                _cell = new Cell { A = x, B = x };
                while (_cell.A < y) { _cell.A = _cell.A + 1; _cell.B = _cell.B + _cell.A; }
                return _cell.A + 100 * _cell.B;
            }

            [GraphFunction]
            public Tensor StructInLoop(Tensor x, Tensor y)
            {
                var cell = new Cell { A = x, B = y };
                foreach (Tensor i in Ops.Range(y)) { cell.A = cell.A + i; if (cell.A > 6) break; cell.B += cell.A; }
                return cell.A + 100 * cell.B;
            }

            [GraphFunction]
            public Tensor StructOfTuple(Tensor x, Tensor y)
            {
                Both both = default;
                both.Pair = (x, y);
                both.Cell = new Cell { A = x, B = y };
                if (x > y) { both.Pair.X = y; both.Cell.A = both.Pair.Y; }
                Both copy = both;
                if (x == 0) copy.Cell.B = x;
                return both.Pair.X + 10 * both.Cell.A + 100 * both.Cell.B + 1000 * copy.Cell.B;
            }

            [GraphFunction]
            public Tensor RecordStruct(Tensor x, Tensor y)
            {
                var point = new Point(x, y);
                while (point.X < point.Y) { point.X += 1; point = point with { Y = point.Y - 1 }; }
                return point.X + 100 * point.Y;
            }

            [GraphFunction]
            public Tensor RecordWith(Tensor x, Tensor y)
            {
                var line = new Line(x, (y, y));
                if (x > y) line = line with { From = y };
                else line = line with { To = (x, line.To.B + 1) };
                return line.From + 10 * line.To.A + 100 * line.To.B;
            }

            [GraphFunction]
            public Tensor RecordOfTuple(Tensor x, Tensor y)
            {
                (Line Line, Tensor Last) state = (new Line(x, (y, x)), y);
                for (Tensor i = 0; i < y; i++) state = (state.Line with { From = state.Last, To = (i, state.Line.To.A) }, state.Line.From + 1);
                return state.Line.From + 10 * state.Line.To.A + 100 * state.Line.To.B + 1000 * state.Last;
            }

            [GraphFunction]
            public Tensor ArrayElement(Tensor x, Tensor y)
            {
                Tensor[] h = [x, y];
                if (x > y) { h[0] = y * 2; } else { h[1] = h[0] + 5; }
                return h[0] + 100 * h[1];
            }

            [GraphFunction]
            public Tensor ArrayByHostIndex(Tensor x, Tensor y)
            {
                var h = new Tensor[3];
                for (int i = 0; i < h.Length; i++) h[i] = x + i;
                while (h[0] < y)
                    for (int j = 0; j < h.Length; j++) h[j] = h[j] + h[(j + 1) % 3] * j + 1;
                return h[0] + 100 * h[1] + 1000 * h[2];
            }

            [GraphFunction]
            public Tensor ArrayInLoop(Tensor x, Tensor y)
            {
                Tensor[] h = [x, y];
                foreach (Tensor i in Ops.Range(y))
                {
                    if (i == 3) break;
                    if (i > x) { h[0] = h[1]; continue; }
                    h[1] = h[1] + i;
                }
                return h[0] + 100 * h[1];
            }

            [GraphFunction]
            public Tensor ArrayAliases(Tensor x, Tensor y)
            {
                Tensor[] h = [x, y];
                Tensor[] g = h;
                while (h[0] < g[1]) { h[0] = g[0] + 1; g[1] = h[1] - 1; if (x > 0) g[0] = h[0] + 1; }
                return h[0] + 10 * h[1] + 100 * g[0] + 1000 * g[1];
            }

            [GraphFunction]
            public Tensor ArrayField(Tensor x, Tensor y)
            {
                _array = [x, y];
                if (x < y) { this._array[1] = x; Swap(); }
                for (Tensor i = 0; i < 3; i++) _array[0] = _array[0] + i;
                return _array[0] + 100 * _array[1];
                void Swap() => (_array[0], _array[1]) = (_array[1] * 3, _array[0]);
            }

            [GraphFunction]
            public Tensor JaggedArray(Tensor x, Tensor y)
            {
                Tensor[][] grid = [[x, y], [y, x]];
                while (grid[1][1] < y)
                    for (int i = 0; i < 2; i++)
                        for (int j = 0; j < 2; j++) grid[i][j] = grid[i][j] + grid[j][i] * grid[j][i] + 1;
                return grid[0][0] + 10 * grid[0][1] + 100 * grid[1][0] + 1000 * grid[1][1];
            }

            [GraphFunction]
            public Tensor ListElement(Tensor x, Tensor y)
            {
                var h = new List<Tensor> { x, y };
                if (x > y) h[1] = h[0] * 2;
                else for (int i = 0; i < h.Count; i++) h[i] += i;
                h.Add(x);
                return h[0] + 10 * h[1] + 100 * h[2];
            }

            [GraphFunction]
            public Tensor ListInNestedLoops(Tensor x, Tensor y)
            {
                List<Tensor> h = [x, y];
                for (Tensor i = 0; i < y; i++)
                    for (Tensor j = 0; j < i; j++) { h[0] = h[0] + j; if (h[0] > 9) h[1] = i; }
                return h[0] + 100 * h[1];
            }

            [GraphFunction]
            public Tensor DictionaryElement(Tensor x, Tensor y)
            {
                var h = new Dictionary<string, Tensor> { ["a"] = x, ["b"] = y };
                while (h["a"] < 4) { h["a"] = h["a"] + 1; if (h["a"] == 2) h["b"] = x; }
                return h["a"] + 100 * h["b"];
            }

            [GraphFunction]
            public Tensor DictionaryAllKeys(Tensor x, Tensor y)
            {
                var h = new Dictionary<int, Tensor> { [3] = x, [7] = y };
                if (x < y)
                    foreach (int key in new[] { 3, 7 }) h[key] = h[key] * key;
                return h[3] + 100 * h[7];
            }

            [GraphFunction]
            public Tensor ArrayByLambda(Tensor x, Tensor y)
            {
                Tensor[] h = [x, y];
                Action<int, Tensor> set = (i, v) => h[i] = v;
                if (x > y) set(0, y); else set(1, x * 3);
                while (h[0] < 5) set(0, h[0] + 1);
                return h[0] + 100 * h[1];
            }

            [GraphFunction]
            public Tensor ArrayWithEarlyReturn(Tensor x, Tensor y)
            {
                Tensor[] h = [x, y];
                for (int i = 0; i < 2; i++)
                {
                    if (h[i] > 6) return h[i] * 1000;
                    h[1 - i] = h[1 - i] + i + 1;
                }
                return h[0] + 100 * h[1];
            }

            [GraphFunction]
            public Tensor ArrayInSwitch(Tensor x, Tensor y)
            {
                Tensor[] h = [x, y];
                switch (1)
                {
                    case 1 when x > y: h[0] = y; break;
                    case 1 when x == 0: h[1] = x; break;
                    default: h[0] = 50; h[1] = 60; break;
                }
                return h[0] + 100 * h[1];
            }

            [GraphFunction]
            public Tensor ArrayInDo(Tensor x, Tensor y)
            {
                Tensor[] h = [x, y];
                do { h[0] = h[0] + 2; h[1] = h[1] - h[0]; } while (h[0] < y);
                return h[0] + 100 * h[1];
            }

            [GraphFunction]
            public Tensor ArrayInTuple(Tensor x, Tensor y)
            {
                (Tensor[] Items, Tensor Sum) state = ([x, y], x);
                if (x > y) { state.Items[0] = y; state.Items[1] = state.Sum * 2; }
                return state.Items[0] + 10 * state.Items[1] + 100 * state.Sum;
            }

            [GraphFunction]
            public Tensor UserIndexer(Tensor x, Tensor y)
            {
                var grid = new Grid();
                grid[1] = x;
                if (x > y) grid[1] = y; else grid[2] = x + 1;
                return grid[1] + 100 * grid[2];
            }

            [GraphFunction]
            public Tensor PropertyWithBody(Tensor x, Tensor y)
            {
                Twice = x;
                if (x > y) Twice = y;
                while (Twice < 6) Twice = Twice + 1;
                return Twice;
            }

            [GraphFunction]
            public Tensor PropertyWithBodyByHelper(Tensor x, Tensor y)
            {
                Twice = x;
                if (x > y) Set(y);
                return Twice;
            }

            private void Set(Tensor v) => Twice = v + 1;

            [GraphFunction]
            public Tensor FreshArray(Tensor x, Tensor y)
            {
                Tensor sum = 0;
                foreach (Tensor i in Ops.Range(y))
                {
                    var h = new Tensor[] { i, x };
                    h[0] = h[0] + h[1];
                    sum = sum + h[0];
                }
                return sum;
            }
        }
        """;
}
