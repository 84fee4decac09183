using System.Reflection;
using TensorGraph.Analyzers;

namespace TensorGraph.Tests.Conformance;

/// <summary>Methods that call themselves where a tensor decides, until C# ends it.</summary>
public sealed class RecursionTests
{
    private static readonly Programs s_programs = new("""
        private static Tensor Grown(Tensor x, int n) => n == 0 ? x : Grown(x * 2, n - 1);
        private static Tensor InABranch(Tensor x, int n) { if (n == 0) return x; if (x > 3) return InABranch(x - 1, n - 1); return InABranch(x + 2, n - 1); }
        private static Tensor InALoop(Tensor x, int n) { while (x > 0) { x = x - 1; if (n > 0) x = InALoop(x - 1, n - 1); } return x; }
        private static Tensor InACondition(Tensor x, int n) { if (x > 3 && n > 0) { x = InACondition(x - 1, n - 1); } if (n < 1 || x > 3) return x; return InACondition(x + 1, n - 1); }
        private static Tensor InAnOperand(Tensor x, int n) => n == 0 ? x : x > 3 ? InAnOperand(x - 2, n - 1) : x + 1;
        private static Tensor Even(Tensor x, int n) { if (x > 3) { x = Odd(x - 1, n - 1); } return x; }
        private static Tensor Odd(Tensor x, int n) => n <= 0 ? x : Even(x * 2, n - 1);
        private static Tensor Checked(Tensor x, int n) { x = Step(x); if (x > 1) { x = n > 0 ? Checked(x, n - 1) : x; } return x; }
        private static Tensor Step(Tensor x) { if (x > 3) return x - 1; return x + 1; }
        private static Tensor Visit(Part part, Tensor x) { if (x > 3) { foreach (Part child in part.Children) x = Visit(child, x - 1); } return x * 2; }
        private static Tensor Walk(Link? link, Tensor x) { if (link is null) return x; if (x > 3) { x = x - link.Value; } return Walk(link.Next, x + 1); }
        [GraphFunction] public static Tensor Again(Tensor x, int n) { if (n == 0) return x; if (x > 3) return Again(x - 1, n - 1); return x; }
        [GraphFunction] public Tensor Plain(Tensor x, Tensor y, int mode) => Grown(x, mode) + y;
        [GraphFunction] public Tensor Branch(Tensor x, Tensor y, int mode) => InABranch(x, mode) + InABranch(y, 3);
        [GraphFunction] public Tensor Loop(Tensor x, Tensor y, int mode) => InALoop(x, mode) * 10 + InALoop(y, 2);
        [GraphFunction] public Tensor Condition(Tensor x, Tensor y, int mode) => InACondition(x, mode) * 10 + InACondition(y, 2);
        [GraphFunction] public Tensor Operand(Tensor x, Tensor y, int mode) => InAnOperand(x, mode) * 10 + InAnOperand(y, 2);
        [GraphFunction] public Tensor Mutual(Tensor x, Tensor y, int mode) => Even(x, 4) * 10 + Odd(y, mode);
        [GraphFunction] public Tensor ThroughAHelper(Tensor x, Tensor y, int mode) => Checked(x, mode) * 10 + Checked(y, 3);
        [GraphFunction] public Tensor OfATree(Tensor x, Tensor y, int mode) => Visit(new Part([new Part([]), new Part([new Part([])])]), x) + y;
        [GraphFunction] public Tensor OfALinkedList(Tensor x, Tensor y, int mode) => Walk(new Link(x, new Link(y, null)), x + y) + Walk(null, y);
        [GraphFunction] public Tensor OfAGraphFunction(Tensor x, Tensor y, int mode) => Again(x, mode) + Again(y, 2);
        [GraphFunction] public Tensor ByItsType(Tensor x, Tensor y, int mode) => new Both(new Both(new Leaf(2), new Leaf(3)), new Leaf(4)).Of(x) + y;
        """, """
        public record Part(Part[] Children);
        public record Link(Tensor Value, Link? Next);
        public abstract partial class Tree { public abstract Tensor Of(Tensor x); }
        public sealed partial class Leaf(int by) : Tree { public override Tensor Of(Tensor x) => x + by; }
        public sealed partial class Both(Tree left, Tree right) : Tree { public override Tensor Of(Tensor x) { if (x > 3) return left.Of(x - 1); return right.Of(x); } }
        """);

    public static TheoryData<string> Names => s_programs.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Traced_equals_imperative(string method) => s_programs.AssertEqual(method);

    // A record that contains itself is taken apart but for its own kind inside.
    [Fact]
    public void A_linked_list_as_an_argument()
    {
        Assembly program = Roslyn.Load("""
            public record Link(Tensor Value, Link? Next);
            public record Tree(string Name, Tree[] Children);
            public record Pair<T>(T First, Pair<Pair<T>>? Next);
            public partial class Model
            {
                public readonly List<string> Lines = [];
                public static object[] Links => [new Link(1, new Link(2, null)), new Link(3, new Link(2, null)), new Link(1, null), new Link(1, new Link(5, null))];
                [GraphFunction] public Tensor Sum(Link link) { Tensor sum = 0; for (Link? at = link; at is not null; at = at.Next) { if (at.Value > 1) { sum = sum + at.Value; } } return sum; }
                [GraphFunction] public Tensor Count(Tree tree, Pair<Tensor> pair, Tensor x) => x > 0 ? x * tree.Children.Length + pair.First : x;
            }
            """);
        Type type = program.GetType("Model")!;
        Func<object?[]>[] arguments = [.. Enumerable.Range(0, 4).Select(i => new Func<object?[]>(() => [((object[])type.GetProperty("Links")!.GetValue(null)!)[i]]))];
        BothWays.AssertEqual(program, "Sum", arguments);
    }

    [Theory]
    [InlineData("private static Tensor Down(Tensor x, int n) { if (n == 0) return x; if (x > 3) return Down(x - 1, n); return x; }", "Down(x, 1)")]
    [InlineData("private static Tensor Down(Tensor x, int n) => n == 0 ? x : x > 3 ? Down(x - 1, n) : x;", "Down(x, 1)")]
    [InlineData("private static Tensor Down(Tensor x, int n) { while (x > 3 && n > 0) x = Down(x - 1, n); return x; }", "Down(x, 1)")]
    public void One_that_only_a_tensor_ends_is_an_error_and_no_crash(string members, string call)
    {
        Assembly program = Roslyn.Load($$"""
            public partial class Model
            {
                public readonly List<string> Lines = [];
                {{members}}
                [GraphFunction] public Tensor F(Tensor x) => {{call}};
            }
            """);
        string result = BothWays.Run(Activator.CreateInstance(program.GetType("Model")!)!, TwinNames.Entry("F"), [(Tensor)5]);
        Assert.StartsWith("GraphException: TG3003: Model.F: branches and loops are nested 200 levels deep while it is traced", result, StringComparison.Ordinal);
    }
}
