namespace TensorGraph.Tests.Shapes;

/// <summary>Errors that are certain from what a method says, with the run time's words.</summary>
public sealed class CertainErrorTests
{
    [Theory]
    [InlineData("var y = Ops.MatMul(Ops.Ones(32, 128), Ops.Ones(64, 10));", "TG2001: matmul: inner sizes differ: left f32[32, 128], right f32[64, 10] (128 ≠ 64). Transpose or reshape one operand.")]
    [InlineData("Tensor a = new float[] { 1, 2, 3 }; Tensor b = new float[] { 1, 2 }; var y = a + b;", "TG2001: add: shapes do not broadcast: [3] and [2] (3 ≠ 2). Sizes must be equal or 1, counted from the last axis; reshape or transpose one operand.")]
    [InlineData("Tensor a = new float[,] { { 1, 2 }, { 3, 4 } }; var y = a * Ops.Ones(3);", "TG2001: mul: shapes do not broadcast: [2, 2] and [3] (2 ≠ 3). Sizes must be equal or 1, counted from the last axis; reshape or transpose one operand.")]
    [InlineData("Tensor a = 1; Tensor b = 2f; var y = a + b;", "TG2002: add: element types differ: i32[] and f32[]. There is no implicit promotion: write Cast(x, DType.I32) on one operand.")]
    [InlineData("var y = Ops.Zeros(2, 3).Reshape(4, 2);", "TG2001: reshape: f32[2, 3] has 6 elements, [4, 2] has 8. The number of elements must stay the same.")]
    [InlineData("var y = Ops.Zeros(2, 3).Reshape(-1, 4);", "TG2001: reshape: f32[2, 3] has 6 elements, [1, 4] has 4. The number of elements must stay the same.")]
    [InlineData("var y = Ops.Sum(Ops.Zeros(2, 3), [2]);", "TG2004: reduce_sum: axis 2 is out of range for rank 2. Use an axis from -2 to 1.")]
    [InlineData("var y = Ops.Zeros(2, 3).Mean(0, 0);", "TG2004: reduce_mean: axes [0, 0] name one axis twice. Name every axis once.")]
    [InlineData("var y = Ops.Zeros(2, 3)[2];", "TG2004: index: 2 is out of range for axis 0 of f32[2, 3]. Use an index from -2 to 1.")]
    [InlineData("var y = Ops.Zeros(2, 3)[0, .., ^1];", "TG2003: index: a f32[2, 3] has 2 axes, not 3. Leave indices out.")]
    [InlineData("var y = Ops.Concat([Ops.Zeros(2, 3), Ops.Zeros(2, 4)]);", "TG2001: concat: f32[2, 3] and f32[2, 4] differ in axis 1. Only axis 0, along which they are joined, may differ.")]
    [InlineData("var y = Ops.Stack(new Tensor[] { Ops.Zeros(2), Ops.Zeros(3) });", "TG2001: stack: f32[2] and f32[3] differ. All of them have one shape: pad, slice or reshape them.")]
    [InlineData("var y = Ops.Zeros(2, 3).Transpose(0, 0);", "TG2004: transpose: [0, 0] is not a permutation of the axes of f32[2, 3]. Name every axis once.")]
    [InlineData("var y = Ops.Squeeze(Ops.Zeros(2, 3), 0);", "TG2001: squeeze: axis 0 of f32[2, 3] is not of size 1. Index the axis instead.")]
    [InlineData("var y = Ops.Exp(Ops.Iota(3));", "TG2002: exp: does not take i32: it got i32[3]. It takes floats; use Cast.")]
    [InlineData("var y = Ops.Conv(Ops.Zeros(1, 3, 8, 8), Ops.Zeros(4, 1, 3, 3));", "TG2001: conv: x f32[1, 3, 8, 8] has 3 channels, weights f32[4, 1, 3, 3] in 1 groups take 1. Check the channel axes: x is (n, c, …), weights are (o, c / groups, …).")]
    [InlineData("var y = Ops.MatMul(Ops.Zeros(2, 20), _w);", "TG2001: matmul: inner sizes differ: left f32[2, 20], right f32[784, 10] (20 ≠ 784). Transpose or reshape one operand.")]
    [InlineData("var (v, p) = Ops.Sort(Ops.Zeros(3)); var y = v + Ops.Zeros(4);", "TG2001: add: shapes do not broadcast: [3] and [4] (3 ≠ 4). Sizes must be equal or 1, counted from the last axis; reshape or transpose one operand.")]
    [InlineData("var (v, p) = Ops.Sort(Ops.Zeros(3)); var y = v + p;", "TG2002: add: element types differ: f32[3] and i32[3]. There is no implicit promotion: write Cast(x, DType.F32) on one operand.")]
    [InlineData("var y = Ops.Split(Ops.Zeros(5, 2), 2);", "TG2001: split: axis 0 of f32[5, 2] has no 2 equal parts. Give the sizes of the parts: Ops.Split(x, [2, 3]).")]
    [InlineData("var y = Ops.Split(Ops.Zeros(5, 2), [2, 2]);", "TG2001: split: axis 0 of f32[5, 2] is not [2, 2] together. Give sizes that add up to that of the axis.")]
    [InlineData("var y = Ops.Tril(Ops.Zeros(3));", "TG2003: tril: a f32[3] is no matrix. Pass a tensor with at least two axes.")]
    [InlineData("var (q, r) = Ops.Qr(Ops.Zeros(3, 2)); var y = q + r;", "TG2001: add: shapes do not broadcast: [3, 2] and [2, 2] (3 ≠ 2). Sizes must be equal or 1, counted from the last axis; reshape or transpose one operand.")]
    [InlineData("var y = Ops.SparseSoftmaxCrossEntropy(Ops.Zeros(8, 10), Ops.Zeros(8));", "TG2002: sparse_softmax_cross_entropy: positions are f32[8]. They must be i32 or i64; use Cast.")]
    public void Constants(string statements, string message) => Assert.Equal([message], ShapeCheck.Of(statements));

    [Theory]
    [InlineData("var x = Ops.Zeros(3); for (int i = 0; i < 5; i++) { x = x * 2; var y = x + Ops.Zeros(4); }")]
    [InlineData("var x = Ops.Zeros(3); if (flag) x = x + 1; var y = x + Ops.Zeros(4);")]
    [InlineData("var x = Ops.Zeros(3); x += Ops.Zeros(4);")]
    [InlineData("var x = Ops.Zeros(3, 4); var n = x.Shape[1]; var y = Ops.Zeros(5).Reshape(n);")]
    [InlineData("var x = Ops.Zeros(8, 3)[1..4]; var y = x + Ops.Zeros(4, 1);")]
    [InlineData("var x = Ops.Zeros(8, 3)[.., 0]; var y = x + Ops.Zeros(4);")]
    [InlineData("var x = flag ? Ops.Zeros(3) : Ops.Ones(3); var y = x + Ops.Zeros(4);")]
    [InlineData("Func<Tensor, Tensor> f = t => Ops.Zeros(3) + Ops.Zeros(4);")]
    [InlineData("var x = Ops.Zeros(3); Func<Tensor> f = () => x + Ops.Zeros(4);")]
    [InlineData("Tensor F() => Ops.Zeros(3) + Ops.Zeros(4); F();")]
    [InlineData("var t = (Ops.Zeros(3), Ops.Zeros(4)); var y = t.Item1 + t.Item2;")]
    [InlineData("(Tensor A, Tensor B) t = (Ops.Zeros(3), Ops.Zeros(4)); var y = t.A + t.B;")]
    [InlineData("Tensor x, y; (x, y) = (Ops.Zeros(3), Ops.Zeros(4)); var z = x + y;")]
    [InlineData("foreach (Tensor row in Ops.Zeros(5, 3)) { var y = row + Ops.Zeros(4); }")]
    [InlineData("using var tape = new GradientTape(); var y = Ops.Zeros(3) + Ops.Zeros(4);")]
    [InlineData("try { var y = Ops.Zeros(3) + Ops.Zeros(4); } finally { }")]
    [InlineData("var y = Ops.RandomNormal([3, 4]) + Ops.RandomUniform(new Shape(5, 4));")]
    [InlineData("var x = Ops.Full([3], 1.0); var y = x - Ops.OnesLike(Ops.Zeros(4));")]
    [InlineData("var x = Ops.Zeros(2, 3); var y = x.Sum(1) + Ops.Zeros(3);")]
    [InlineData("var x = Ops.Zeros(2, 3); var y = Ops.Sum(x, [0], keep: true) + Ops.Zeros(2, 2);")]
    [InlineData("var x = Ops.ExpandDims(Ops.Zeros(3), 0); var y = Ops.Concat([x, Ops.Zeros(1, 4)]);")]
    [InlineData("var y = Ops.OneHot(Ops.Iota(4), 10) + Ops.Zeros(4, 9);")]
    [InlineData("var y = _declared + Ops.Zeros(4);")]
    [InlineData("var y = Logits(Ops.Zeros(5, 784)) + Ops.Zeros(6, 10);")]
    public void Along_paths_and_through_C(string statements) => Assert.Equal(["TG2001"], ShapeCheck.Of(statements, "bool flag").Select(message => message[..6]));

    [Theory]
    [InlineData("Rows(Ops.Zeros(3, 785), Ops.Zeros(3));", "TG1003: Rows: 'x' is f32[3, 785], not [batch, 784]. Pass a tensor of the declared dtype and shape, or change the declaration.")]
    [InlineData("Rows(Ops.Zeros(3, 784), Ops.Zeros(4));", "TG1003: Rows: 'y' is f32[4], not [3]. Pass a tensor of the declared dtype and shape, or change the declaration.")]
    [InlineData("Rows(y: Ops.Zeros(4), x: Ops.Zeros(784));", "TG1003: Rows: 'x' is f32[784], not [4, 784]. Pass a tensor of the declared dtype and shape, or change the declaration.")]
    [InlineData("Signed(Ops.Zeros(3, 784), Ops.Zeros(3));", "TG1003: Signed: 'y' is f32[3], not i32[3]. Pass a tensor of the declared dtype and shape, or change the declaration.")]
    [InlineData("_declared = Ops.Zeros(2, 4);", "TG1003: Model: '_declared' is f32[2, 4], not [?, 3]. Pass a tensor of the declared dtype and shape, or change the declaration.")]
    [InlineData("Declared = Ops.Zeros(3);", "TG1003: Model: 'Declared' is f32[3], not [n, 4]. Pass a tensor of the declared dtype and shape, or change the declaration.")]
    [InlineData("Console.WriteLine(\"loss \" + x);", "TG2101: '\"loss \" + x' adds text to the elements of a tensor. Write $\"…{x}…\" for a line of C#, Ops.Print(\"…\", x) for one of the graph, or Ops.Add(a, b) to join tensors of text.")]
    public void Declarations_and_text(string statements, string message) => Assert.Equal([message], ShapeCheck.Of(statements, "Tensor x"));

    [Fact]
    public void In_members_of_all_kinds()
    {
        string source = Roslyn.Usings + """
            public class Base(Tensor x) { public Tensor X { get; } = x; }
            public class Model : Base
            {
                private readonly Tensor _sum = Ops.Zeros(3) + Ops.Zeros(4);
                public Model() : base(Ops.Zeros(3) + Ops.Zeros(4)) { Sum = Ops.Zeros(3) + Ops.Zeros(4); }
                public Tensor Sum { get; set; } = Ops.Zeros(3) + Ops.Zeros(4);
                public Tensor Body => Ops.Zeros(3) + Ops.Zeros(4);
                public Tensor Accessor { get { return Ops.Zeros(3) + Ops.Zeros(4); } }
                public static Tensor operator +(Model a, Model b) => Ops.Zeros(3) + Ops.Zeros(4);
                public Tensor this[int i] => Ops.Zeros(3) + Ops.Zeros(4);
            }
            """;
        Assert.Equal(8, Roslyn.Diagnostics(source).Count(d => d.Id == "TG2001"));
    }

    [Fact]
    public void Of_members_that_are_set_once()
    {
        string source = Roslyn.Usings + """
            public class Model
            {
                private readonly Variable _a, _twice;
                public Variable B { get; } = new(Ops.Zeros(4));
                public Variable Set { get; set; } = new(Ops.Zeros(4));
                [Shape("3")] public Tensor Declared => Ops.Zeros(4);
                public Model(bool flag) { _a = new Variable(Ops.Zeros(4)); if (flag) _twice = new(Ops.Zeros(4)); else _twice = new(Ops.Zeros(3)); }
                public Tensor One() => _a + Ops.Zeros(3);
                public Tensor Two() => B + Ops.Zeros(3);
                public Tensor Quiet() => _twice + Ops.Zeros(3) + Set;
            }
            """;
        Assert.Equal(["TG1003", "TG2001", "TG2001"], Roslyn.Diagnostics(source).Select(d => d.Id));
    }

    [Theory]
    [InlineData("(_a, _) = (new Variable(Ops.Zeros(3)), 1);")]
    [InlineData("_a= new Variable(Ops.Zeros(3));")]
    [InlineData("_a ??= new Variable(Ops.Zeros(3));")]
    [InlineData("Make(out _a);")]
    public void Of_no_member_that_another_part_of_its_class_sets(string statement)
    {
        string parts = Roslyn.Usings + "public partial class Model { private readonly Variable _a = new(Ops.Zeros(4)); public Tensor One() => _a + Ops.Zeros(3); }";
        string other = Roslyn.Usings + $$"""
            public partial class Model
            {
                public Model() { {{statement}} }
                private static void Make(out Variable v) => v = new(Ops.Zeros(3));
            }
            """;
        Assert.Empty(Roslyn.Diagnostics(parts, other).Where(d => d.Descriptor.Category == "Shapes"));
    }

    [Fact]
    public void Deep_expressions_do_not_overflow_the_stack() =>
        Assert.Equal([], ShapeCheck.Of($"Tensor x = 1; Tensor y = {string.Join(" + ", Enumerable.Repeat("x", 4000))};"));

    [Fact]
    public void In_top_level_statements()
    {
        var program = Roslyn.Compilation(Roslyn.Usings + "var y = Ops.Zeros(3) + Ops.Zeros(4);");
        Assert.Equal(["TG2001"], Roslyn.Diagnostics(program.WithOptions(program.Options.WithOutputKind(Microsoft.CodeAnalysis.OutputKind.ConsoleApplication))).Select(d => d.Id));
    }
}
