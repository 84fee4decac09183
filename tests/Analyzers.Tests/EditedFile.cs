namespace TensorGraph.Tests;

/// <summary>A file that is edited at random: in its text $0, $1, … stand for one of their choices each, and an edit chooses again.</summary>
internal sealed record EditedFile(string Name, string Text, string[][] Choices)
{
    /// <summary>Files that depend on each other in the ways that C# has.</summary>
    public static readonly EditedFile[] ThatReachEachOther =
    [
        new("Model.cs", """
            using TensorGraph;
            $5
            public partial class Model : $0
            {
                private readonly Options _options = new();
                private readonly Layer _layer = new Layer();
                public IScaled? Scaled;
                [GraphFunction]
                public Tensor Step(Tensor x)
                {
                    var pair = new Pair { First = x, Second = x };
                    while (Flags.Forever)
                    {
                        x = Helpers.Scale(x) * _options.Rate;
                        if (x.Sum() > $1) break;
                        x = $2;
                        pair.First = x;
                    }
                    if (x.Sum() > 3) Level = x;
                    return pair.First + x;
                }
                $3
                public Tensor Plain(Tensor x) $4
            }
            """, [
            ["Base", "Middle"],
            ["1", "2"],
            ["Shift(x).Twice()", "_layer.Apply(x)", "Scaled!.Scaled(x)", "Other.Of(x)", "Ops.Abs(x)", "_layer.Inner.Size > 1 ? x : -x", "new Cell(x).Value", "(-new Cell(x)).Value", "new Cell(x)[0]"],
            ["", "[GraphFunction]", "[GraphFunction(ReduceRetracing = false)]"],
            ["=> Shift(x);", "{ if (x.Sum() > 1) return x; return x + 1; }", "{ var y = x; if (Flags.Forever) y = Step(y); return y; }"],
            ["", "#nullable enable"],
        ]),
        new("Base.cs", """
            using TensorGraph;
            public partial class Base
            {
                protected $0 Tensor Shift(Tensor x) $1
                protected Tensor A = 0f, B = 0f;
                protected Tensor$3 Level { get => A; set { $2 = value; } }
            }
            public partial class Middle : Base { $4 }
            """, [
            ["virtual", ""],
            ["=> x + 1;", "=> x.Sum() > 1 ? x : x + 1;", "{ A = x; return x; }"],
            ["A", "B"],
            ["", "?"],
            ["", "protected override Tensor Shift(Tensor x) => x.Sum() > 0 ? x : x + 2;", "protected new Tensor Shift(Tensor x) => x;"],
        ]),
        new("Options.cs", "public class Options { public $0 Rate = 2; }", [["readonly float", "float", "static float", "const float"]]),
        new("Flags.cs", "public static class Flags { public $0; }", [["const bool Forever = true", "const bool Forever = Limits.On", "static bool Forever = true", "static readonly TensorGraph.Tensor Forever = true"]]),
        new("Limits.cs", "public static class Limits { public const bool On = $0; public const int Size = 1; }", [["true", "false"]]),
        new("Helpers.cs", "$1 public static partial class Helpers { public static Tensor Scale(Tensor x) => $0; public static Tensor Twice(this Tensor x) => x + x; }", [
            ["Inner.Of(x)", "x * 2", "Inner.Of(Inner.Of(x))"],
            ["using TensorGraph;", "using TensorGraph; using Inner = Other;"],
        ]),
        new("Inner.cs", "using TensorGraph; public static partial class Inner { public static Tensor Of(Tensor x) { $0 } }", [["return x * 2;", "if (x.Sum() > 0) return x; return x * 2;", "foreach (Tensor row in x) x = x + row; return x;"]]),
        new("Other.cs", "using TensorGraph; public static $0 class Other { public static Tensor Of(Tensor x) $1 }", [["partial", ""], ["=> x;", "{ if (x.Max() > 1) x = -x; return x; }"]]),
        new("Pair.cs", "using TensorGraph; public $0", [["struct Pair { public Tensor First, Second; }", "struct Pair { public Tensor First, Second; public int Count; }", "record Pair { public Tensor First = null!, Second = null!; }", "struct Pair { public Tensor First { get; set; } public Tensor Second; }"]]),
        new("Layer.cs", """
            using TensorGraph;
            public partial class Layer $1
            {
                public Size Inner = new();
                public virtual Tensor Apply(Tensor x) => $0;
            }
            """, [["x", "x.Sum() > 1 ? x : -x"], ["", ": Base"]]),
        new("Size.cs", "using TensorGraph; public $0", [["class Size { public int Size1; }", "partial class Size { public int Size { get; set; } }", "struct Size { public Tensor Size => 1f; }"]]),
        new("Cell.cs", """
            using TensorGraph;
            public partial class Cell
            {
                private readonly Tensor _x = $0;
                public Cell(Tensor x) $1
                public Tensor Value => $2;
                public Tensor this[int i] { get $3 }
                public static Cell operator -(Cell cell) => new Cell(Inner.Of(cell._x));
            }
            """, [
            ["0f", "Inner.Of(1f)"],
            ["{ _x = x; }", "{ if (x.Sum() > 1) x = -x; _x = x; }"],
            ["_x", "_x.Sum() > 1 ? _x : -_x", "this[0]"],
            ["{ return _x; }", "{ if (_x.Sum() > 1) return _x; return -_x; }"],
        ]),
        new("Scaled.cs", "using TensorGraph; public partial interface IScaled { Tensor Scaled(Tensor x); } $0", [["", "public partial class Twofold : IScaled { public Tensor Scaled(Tensor x) => x * 2; }", "public partial class Twofold : IScaled { public Tensor Scaled(Tensor x) => x.Sum() > 0 ? x * 2 : x; }"]]),
        new("Dense.cs", "$0", [["", "using TensorGraph; public partial class Dense : Layer { public override Tensor Apply(Tensor x) => x.Sum() > 2 ? x : x * 3; }", "using TensorGraph; public class Dense : Layer { public override Tensor Apply(Tensor x) => x.Sum() > 2 ? x : x * 3; }"]]),
        new("More.cs", "$0", [["",
            "using TensorGraph; public static partial class More { public static Tensor Twice(this Tensor x, bool really = true) { return x; } }",
            "using TensorGraph; public static partial class More { extension(Tensor x) { public Tensor Thrice() => x; } }",
            "namespace Ops { public class Abs; }",
            "public static class Ops { public static TensorGraph.Tensor Abs(TensorGraph.Tensor x) => x > 0 ? x : 0 - x; }",
            "global using Ops = Other;",
            "public class GraphFunctionAttribute : System.Attribute { public bool ReduceRetracing; }",
            "public partial class Model { public TensorGraph.Tensor Shift(int x) => 1f; }",
        ]]),
        new("User.cs", """
            using TensorGraph;
            public class User
            {
                public Tensor Use(Model m, Tensor x) => $0;
                public Tensor Other(Model m, Tensor x) => $1;
            }
            """, [["m.Step(x)", "m.Step(m.Step(x))", "m?.Step(x)!"], ["m.Plain(x)", "x"]]),
    ];

    /// <summary>
    /// A graph function uses a class, which has or inherits the members that a rule of C# finds, and others that nobody asks for. The use is chosen in
    /// the first file, and a member in each of the last three.
    /// </summary>
    public static EditedFile[] ThatUse(LookupRule rule)
    {
        string[] members = ["", .. rule.Members, "public Tensor Unnamed(Tensor x) => x;", "[GraphFunction] public Tensor Added(Tensor x) => x > 0 ? x : -x;"];
        return
        [
            new("Model.cs", """
                using System;
                using System.Linq;
                using TensorGraph;
                $2
                public partial class Model : Base
                {
                    private readonly Bag _bag = new();
                    [GraphFunction]
                    public Tensor Step(Tensor x)
                    {
                        $0
                        return _bag.Sum + x;
                    }
                    [GraphFunction]
                    public Tensor Other(Tensor x) => new Box<Bag>().Held.$1(x);
                }
                """, [rule.Uses, ["Of", "Late().Of"], ["", "using static Free;"]]),
            new("Base.cs", "using TensorGraph; public partial class Base { $0 protected Tensor Free(Tensor x) => x; }", [["", "protected class Bag : global::Bag { }", "protected static class Ops { public static Tensor Abs(Tensor x) => x.Sum() > 0 ? x : -x; }", "protected Tensor Free(object x) => 1f;"]]),
            new("Free.cs", "using TensorGraph; public static partial class Free { $0 }", [["", "public static Tensor Of(Tensor x) => x.Sum() > 0 ? x : -x;", "public static Tensor Late(this Bag bag) => bag.Sum;"]]),
            new("Box.cs", "public partial class Box<T> where T : Bag, new() { public T Held = new(); $0 }", [["", "public TensorGraph.Tensor Of(TensorGraph.Tensor x) => x;"]]),
            new("IHeld.cs", "using TensorGraph; public partial interface IHeld { Tensor Held(Tensor x); $0 }", [["", "Tensor Of(Tensor x) => x;"]]),
            new("User.cs", "using System; using TensorGraph; public partial class User { private readonly Bag _bag = new(); public Tensor Use(Model m, Tensor x) => m.Step(x); public Tensor Stage(Tensor x) { $0 return x; } }", [rule.Uses]),
            new("BagBase.cs", """
                using System;
                using System.Collections.Generic;
                using TensorGraph;
                public partial class BagBase
                {
                    public Tensor Sum = 0f;
                    public Tensor Of(Tensor x) => x;
                    public Bag Late() => new();
                    $1
                    $0
                }
                """, [members, ["", rule.Always]]),
            new("Bag.cs", """
                using System;
                using System.Collections.Generic;
                using TensorGraph;
                $1
                public partial class Bag : BagBase, $2
                {
                    public Bag() { }
                    public Bag(Tensor x) { Sum = x; }
                    public Tensor Held(Tensor x) => x;
                    $0
                }
                """, [members, ["", "#nullable disable", "[Obsolete]"], ["IHeld", rule.Interface]]),
            new("BagMore.cs", "using System; using System.Collections.Generic; using TensorGraph; public partial class Bag { $0 }", [members]),
        ];
    }

    public string With(int[] chosen)
    {
        string text = Text;
        for (int slot = 0; slot < chosen.Length; slot++)
            text = text.Replace("$" + slot, Choices[slot][chosen[slot]], StringComparison.Ordinal);
        return text;
    }
}
