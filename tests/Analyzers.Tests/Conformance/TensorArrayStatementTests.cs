using System.Reflection;

namespace TensorGraph.Tests.Conformance;

/// <summary>Tensor arrays outside of loops: branches, helpers, containers, signatures, errors. Traced equals imperative.</summary>
public sealed class TensorArrayStatementTests
{
    private static readonly Lazy<Assembly> s_program = new(() => Roslyn.Load(Source));

    [Theory]
    [InlineData("Straight")]
    [InlineData("OneBranch")]
    [InlineData("BothBranches")]
    [InlineData("SameCount")]
    [InlineData("AddAfterBranch")]
    [InlineData("WriteAfterBranch")]
    [InlineData("NestedBranches")]
    [InlineData("LoopInBranch")]
    [InlineData("LoopInElse")]
    [InlineData("ClearInBranch")]
    [InlineData("FromTensorInBranch")]
    [InlineData("StackInBranch")]
    [InlineData("StackInBoth")]
    [InlineData("EarlyReturn")]
    [InlineData("Ternary")]
    [InlineData("ShortCircuit")]
    [InlineData("SwitchWhen")]
    [InlineData("InTuple")]
    [InlineData("InRecord")]
    [InlineData("InList")]
    [InlineData("Aliases")]
    [InlineData("ByLambda")]
    [InlineData("ByLocalFunction")]
    [InlineData("ByHelper")]
    [InlineData("InCondition")]
    [InlineData("OutOfRange")]
    [InlineData("OutOfRangeInBranch")]
    [InlineData("OutOfRangeInLoop")]
    [InlineData("WriteOutOfRange")]
    [InlineData("FromEnd")]
    [InlineData("ConcatRows")]
    [InlineData("StackLast")]
    [InlineData("UntypedBeforeLoop")]
    [InlineData("UnrolledLoop")]
    [InlineData("FixedPoint")]
    [InlineData("SortByInsertion")]
    public void Traced_equals_imperative(string method)
    {
        foreach ((int x, int y) in new[] { (1, 2), (5, 2), (9, 9), (0, 7), (-4, 1) })
            BothWays.AssertEqual(s_program.Value, method, () => [(Tensor)x, (Tensor)y]);
    }

    [Fact]
    public void An_array_is_an_argument_and_a_result()
    {
        Type model = s_program.Value.GetType("Model")!;
        object instance = Activator.CreateInstance(model)!;
        foreach (int[] rows in new int[][] { [], [7], [1, 2, 3] })
        {
            object?[] results = [.. new[] { "Doubled", "__Doubled_Entry" }.Select(name => model.GetMethod(name)!.Invoke(instance, [TensorArray.From(Tensor.From(rows)), (Tensor)2]))];
            Assert.All(results, result => Assert.Equal([.. rows.Select(row => row * 2), 2], ((TensorArray)result!).Stack().ToArray<int>()));
        }
    }

    private const string Source = """
        public record Pair(TensorArray List, Tensor Last);

        public partial class Model
        {
        """ + BothWays.LogMember + """

            private static readonly Tensor Zero = 0;

            [GraphFunction]
            public Tensor Straight(Tensor x, Tensor y)
            {
                var list = new TensorArray { x, y, x + y };
                list[0] = list[2] * 2;
                list[y - y + 1] = list[0] + 1;
                return list.Stack() + list.Count.Cast(DType.I32);
            }

            [GraphFunction]
            public Tensor OneBranch(Tensor x, Tensor y)
            {
                var list = new TensorArray();
                list.Add(x);
                if (x > y)
                    list.Add(y);
                return Ops.Concat([list.Stack(), list.Count.Cast(DType.I32).Reshape(1)]);
            }

            [GraphFunction]
            public Tensor BothBranches(Tensor x, Tensor y)
            {
                var list = new TensorArray();
                if (x > y) { list.Add(x); list.Add(y); list.Add(x); }
                else { list.Add(y); }
                return list.Stack();
            }

            [GraphFunction]
            public Tensor SameCount(Tensor x, Tensor y)
            {
                var list = new TensorArray { x, x };
                if (x > y) { list[0] = y; list.Add(x * 2); }
                else { list.Add(y * 3); }
                return list.Stack();
            }

            [GraphFunction]
            public Tensor AddAfterBranch(Tensor x, Tensor y)
            {
                var list = new TensorArray { x };
                if (x > y) { list.Add(y); list.Add(y + 1); }
                list.Add(x + y);
                list.Add(x - y);
                if (x == y) list.Add(x);
                return list.Stack();
            }

            [GraphFunction]
            public Tensor WriteAfterBranch(Tensor x, Tensor y)
            {
                var list = new TensorArray { x };
                if (x > y) list.Add(y);
                list[0] = y * 5;
                list[list.Count - 1] = list[list.Count - 1] + 1;
                return list.Stack();
            }

            [GraphFunction]
            public Tensor NestedBranches(Tensor x, Tensor y)
            {
                var list = new TensorArray();
                if (x > 0)
                {
                    list.Add(x);
                    if (y > 5) list.Add(y);
                    else if (y > 1) { list[0] = y; list.Add(x); list.Add(x); }
                    list.Add(x + y);
                }
                else list.Add(y);
                return list.Stack();
            }

            [GraphFunction]
            public Tensor LoopInBranch(Tensor x, Tensor y)
            {
                var list = new TensorArray { x };
                if (x > 0)
                    foreach (Tensor i in Ops.Range(y)) list.Add(i * x);
                list.Add(y);
                return list.Stack();
            }

            [GraphFunction]
            public Tensor LoopInElse(Tensor x, Tensor y)
            {
                var list = new TensorArray { x };
                if (x > 0) list.Add(y);
                else { foreach (Tensor i in Ops.Range(y)) list.Add(i * x); }
                return list.Stack();
            }

            [GraphFunction]
            public Tensor ClearInBranch(Tensor x, Tensor y)
            {
                var list = new TensorArray { x, y };
                foreach (Tensor i in Ops.Range(y))
                {
                    if (i == x) list.Clear();
                    list.Add(i);
                }
                return list.Stack();
            }

            [GraphFunction]
            public Tensor FromTensorInBranch(Tensor x, Tensor y)
            {
                var list = TensorArray.From(Ops.Stack([x, y, x]));
                if (x > y) list.Add(x);
                if (y > 1) list[1] = x * 9;
                return list.Stack();
            }

            [GraphFunction]
            public Tensor StackInBranch(Tensor x, Tensor y)
            {
                Tensor all = Ops.Stack([x]);
                if (y > 1)
                {
                    var list = new TensorArray(DType.I32, Shape.Scalar);
                    foreach (Tensor i in Ops.Range(y)) list.Add(i + x);
                    all = list.Stack();
                }
                return all * 2;
            }

            [GraphFunction]
            public Tensor StackInBoth(Tensor x, Tensor y)
            {
                var list = new TensorArray(DType.I32, Shape.Scalar);
                Tensor all;
                if (y > 5)
                {
                    foreach (Tensor i in Ops.Range(y)) list.Add(i + x);
                    all = list.Stack();
                }
                else
                {
                    foreach (Tensor i in Ops.Range(y + 1)) list.Add(i - x);
                    all = list.Stack() + 1;
                }
                return Ops.Concat([all, all]);
            }

            [GraphFunction]
            public Tensor EarlyReturn(Tensor x, Tensor y)
            {
                var list = new TensorArray { x };
                if (x > y) return list.Stack() + x;
                foreach (Tensor i in Ops.Range(y)) list.Add(i);
                if (x == 0) return list.Stack();
                list.Add(y);
                return list.Stack();
            }

            [GraphFunction]
            public Tensor Ternary(Tensor x, Tensor y)
            {
                var list = new TensorArray { x };
                Tensor z = x > y ? Push(list, y) : x;
                return list.Stack() + z;
            }

            [GraphFunction]
            public Tensor ShortCircuit(Tensor x, Tensor y)
            {
                var list = new TensorArray { x };
                if (x > 0 && Push(list, y) > 3 || Push(list, x + 1) > 8) list.Add(Zero);
                return list.Stack();
            }

            private static Tensor Push(TensorArray list, Tensor x) { list.Add(x); return x; }

            [GraphFunction]
            public Tensor SwitchWhen(Tensor x, Tensor y)
            {
                var list = new TensorArray();
                switch (1)
                {
                    case 1 when x > y: list.Add(x); break;
                    case 1 when x == 0: list.Add(y); list.Add(y); break;
                    default: list.Add(x); list.Add(y); list.Add(y); break;
                }
                return list.Stack();
            }

            [GraphFunction]
            public Tensor InTuple(Tensor x, Tensor y)
            {
                (TensorArray First, TensorArray Second) lists = (new TensorArray(), new TensorArray());
                foreach (Tensor i in Ops.Range(y)) { lists.First.Add(i); if (i > 2) lists.Second.Add(x); }
                lists.Second.Add(y);
                return Ops.Concat([lists.First.Stack(), lists.Second.Stack()]);
            }

            [GraphFunction]
            public Tensor InRecord(Tensor x, Tensor y)
            {
                var pair = new Pair(new TensorArray(), x);
                foreach (Tensor i in Ops.Range(y)) pair.List.Add(i + pair.Last);
                pair = pair with { Last = y };
                return Ops.Concat([pair.List.Stack(), pair.Last.Reshape(1)]);
            }

            [GraphFunction]
            public Tensor InList(Tensor x, Tensor y)
            {
                var lists = new List<TensorArray> { new(), new() };
                for (int k = 0; k < 2; k++)
                    foreach (Tensor i in Ops.Range(y)) lists[k].Add(i + k);
                return Ops.Concat([lists[0].Stack(), lists[1].Stack()]);
            }

            [GraphFunction]
            public Tensor Aliases(Tensor x, Tensor y)
            {
                var list = new TensorArray { x };
                var same = list;
                if (x > y) { list.Add(y); same.Add(x); }
                foreach (Tensor i in Ops.Range(y)) { same.Add(i); list[0] = list[0] + same.Count.Cast(DType.I32); }
                return list.Stack();
            }

            [GraphFunction]
            public Tensor ByLambda(Tensor x, Tensor y)
            {
                var list = new TensorArray();
                Action<Tensor> add = v => { if (v > 2) list.Add(v); };
                add(x);
                foreach (Tensor i in Ops.Range(y)) add(i);
                list.Add(x);
                return list.Stack();
            }

            [GraphFunction]
            public Tensor ByLocalFunction(Tensor x, Tensor y)
            {
                var list = new TensorArray();
                list.Add(x);
                while (x < y) { Step(); x = x + 1; }
                return list.Stack();
                void Step() { list.Add(x); if (x > 1) list[0] = x; }
            }

            [GraphFunction]
            public Tensor ByHelper(Tensor x, Tensor y)
            {
                var list = new TensorArray(DType.I32, Shape.Scalar);
                Fill(list, y);
                return list.Stack() * x;
            }

            private static void Fill(TensorArray list, Tensor n)
            {
                for (Tensor i = 0; i < n; i++) { if (i == 5) return; list.Add(i); }
            }

            [GraphFunction]
            public Tensor InCondition(Tensor x, Tensor y)
            {
                var list = new TensorArray { x };
                while (list.Count < 5 && list[list.Count - 1] < y) list.Add(list[list.Count - 1] + 1);
                return list.Stack();
            }

            [GraphFunction]
            public Tensor OutOfRange(Tensor x, Tensor y)
            {
                var list = new TensorArray { x, y };
                return list[x];
            }

            [GraphFunction]
            public Tensor OutOfRangeInBranch(Tensor x, Tensor y)
            {
                var list = new TensorArray { x };
                if (x > y) list.Add(y);
                return x > 0 ? list[1] : list[0];
            }

            [GraphFunction]
            public Tensor OutOfRangeInLoop(Tensor x, Tensor y)
            {
                var list = new TensorArray(DType.I32, Shape.Scalar);
                foreach (Tensor i in Ops.Range(y)) list.Add(i);
                return list[x];
            }

            [GraphFunction]
            public Tensor WriteOutOfRange(Tensor x, Tensor y)
            {
                var list = new TensorArray(DType.I32, Shape.Scalar);
                foreach (Tensor i in Ops.Range(y)) { list.Add(i); list[i * 2] = x; }
                return list.Stack();
            }

            [GraphFunction]
            public Tensor FromEnd(Tensor x, Tensor y)
            {
                var list = new TensorArray { x, y };
                if (x > y) list.Add(x * 7);
                list[^1] = list[^1] + list[^2];
                return list.Stack();
            }

            [GraphFunction]
            public Tensor ConcatRows(Tensor x, Tensor y)
            {
                var list = new TensorArray(DType.I32, [2]);
                foreach (Tensor i in Ops.Range(y)) list.Add(Ops.Stack([i, x]));
                return list.Concat();
            }

            [GraphFunction]
            public Tensor StackLast(Tensor x, Tensor y)
            {
                var list = new TensorArray(DType.I32, [2]);
                foreach (Tensor i in Ops.Range(y)) list.Add(Ops.Stack([i, x]));
                return Ops.Stack(list, axis: 1).Sum(0) + Ops.Stack(list).Sum(1);
            }

            [GraphFunction]
            public Tensor UntypedBeforeLoop(Tensor x, Tensor y)
            {
                var list = new TensorArray();
                for (Tensor i = 0; i < 3; i++)
                    for (Tensor j = 0; j < i; j++) list.Add(j + x);
                return list.Stack();
            }

            [GraphFunction]
            public Tensor UnrolledLoop(Tensor x, Tensor y)
            {
                var list = new TensorArray();
                for (int i = 0; i < 3; i++) { list.Add(x + i); if (x > i) list.Add(y); }
                return list.Stack();
            }

            [GraphFunction]
            public Tensor FixedPoint(Tensor x, Tensor y)
            {
                var list = new TensorArray { x };
                Tensor last = x;
                while (last < 20)
                {
                    last = last * 2 + 1;
                    if (last == 7) continue;
                    list.Add(last);
                    if (list.Count > 4) break;
                    if (last < 0) return list.Stack();
                }
                return list.Stack();
            }

            [GraphFunction]
            public Tensor SortByInsertion(Tensor x, Tensor y)
            {
                var list = new TensorArray { y, x, x + 3, y - 2 };
                for (Tensor i = 1; i < 4; i++)
                    for (Tensor j = i; j > 0 && list[j - 1] > list[j]; j--)
                    {
                        Tensor kept = list[j];
                        list[j] = list[j - 1];
                        list[j - 1] = kept;
                    }
                return list.Stack();
            }

            [GraphFunction]
            public TensorArray Doubled(TensorArray rows, Tensor x)
            {
                var result = new TensorArray(DType.I32, Shape.Scalar);
                foreach (Tensor row in rows) result.Add(row * 2);
                result.Add(x);
                return result;
            }
        }
        """;
}
