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

    /// <summary>Files whose methods, types and usings move, get other names, and are found by other rules when the project around them changes.</summary>
    public static readonly EditedFile[] ThatAreMovedAndRenamed =
    [
        new("Net.cs", """
            $0
            #if FAST
            using Scaling = Slow;
            #endif
            public partial class Net : $1
            {
                private static readonly float[] s_rates = [1, 2];
                private readonly Box<Bag> _box = new();
                $2
                $3
                public Tensor Step(Tensor x)
                {
                    Tensor Local(Tensor y) { $4 }
                    Func<Tensor, Tensor> lambda = v => $5;
                    x = Local(lambda(x));
                    $6
            #if FAST
                    if (x.Sum() > 2) x = Scaling.Of(x);
            #endif
                    return x;
                }
                $7
            }
            """, [
            ["using System; using System.Collections.Generic; using TensorGraph; using Layers;", "using System; using System.Collections.Generic; using TensorGraph; using Layers.More;", "#nullable disable\nusing System; using System.Collections.Generic; using TensorGraph; using static Free;",
             "using System; using System.Collections.Generic; using TensorGraph; using Layers; using Bag = Layers.Bag;"],
            ["Module", "Module, IStep", "Deep"],
            ["", "public float Rate = 1;", "private readonly float Rate = 2;", "public Tensor Rate = 2f;", "public static float Rate { get; set; }", "public const float Rate = 3;"],
            ["[GraphFunction]", "", "[GraphFunction(InputSignature = [\"f32[n]\"])]", "[GraphFunction(ReduceRetracing = false)]"],
            ["return y;", "if (y.Sum() > 1) return -y; return y;", "return Moved(y);", "foreach (Tensor row in y) y = y + row * s_rates[0]; return y;"],
            ["v", "v.Sum() > 1 ? v : -v", "Helper(v)", "{ if (v.Max() > 1) return v; return Moved(v); }"],
            ["x = Helper(x);", "x = Helper(x, 1);", "x = Renamed(x);", "x = Other(x);", "x = x.Widen();", "x = _box.Held.Of(x);", "x = Free(x);", "x = x * s_rates[0];", "x = x * Rate;", "x = new Cell().Value + x;", "x = Apply<Bag>(x);",
             "x = Run<Cell>(x);", "{ var p = new Pair { First = x }; while (p.First.Sum() > 1) p.First = p.First / 2; x = p.First + p.Second; }", "{ var bags = new List<Bag> { new(), new() }; bags.Sort(); x = x + bags[0].Sum; }",
             "{ IStep step = new Walk(); x = step.Walked(x); }", "x = Held(new Bag(), x);"],
            ["", "private Tensor Moved(Tensor x) => x > 0 ? x : -x;", "private Tensor Moved(Tensor x) => new Bag().Of(x);", "private Tensor Held(Bag bag, Tensor x) => bag.Of(x);", "private Tensor Held(Bag bag, Tensor x) { if (x.Max() > 2) return bag.Sum; return x; }"],
        ]),
        new("Net.More.cs", """
            $0
            public partial class Net
            {
                public int Count() { $3 }
                $1
                $2
            }
            """, [
            ["using TensorGraph; using Layers;", "using TensorGraph; using Layers.More;", "using TensorGraph;", "using TensorGraph; using Bag = Layers.Bag;"],
            ["", "private Tensor Moved(Tensor x) => x > 0 ? x : -x;", "private Tensor Moved(Tensor x) => new Bag().Of(x);", "private Tensor Held(Bag bag, Tensor x) => bag.Of(x);"],
            ["", "public void Change() { s_rates[0] = 3; }", "public float First() => s_rates[0];", "public void Change(float[] rates) { rates = s_rates; }"],
            ["return 1;", "\n\n return 2;"],
        ]),
        new("Module.cs", """
            using TensorGraph;
            public abstract partial class Module $0
            {
                public $1 Tensor Helper(Tensor x) $2
                $3
                public Tensor $4(Tensor x) => x.Sum() > 1 ? x : x * 2;
                public Tensor Apply<T>(Tensor x) where T : $5 => $6;
                public Tensor Run<T>(Tensor x) where T : IValue, new() => new T().Value + x;
            }
            """, [
            ["", ": IStep"],
            ["", "virtual", "static"],
            ["=> x;", "{ if (x.Sum() > 2) return x; return -x; }"],
            ["", "public Tensor Helper(Tensor x, int by) => x * by;", "public Tensor Helper(object x) => 1f;", "public Tensor Helper(Tensor x, params int[] more) { if (x.Max() > 1) return -x; return x; }"],
            ["Renamed", "Other"],
            ["BagBase, new()", "class, IStep, new()"],
            ["x", "x.Sum() > 1 ? x : -x", "new T().ToString()!.Length > 3 ? x : -x"],
        ]),
        new("Deep.cs", "using TensorGraph; public partial class Deep : Module { $0 }", [["", "public override Tensor Helper(Tensor x) => x.Sum() > 1 ? x : x + 2;", "public new Tensor Helper(Tensor x) => x;", "protected static class Free { public static Tensor Of(Tensor x) => x; }"]]),
        new("IStep.cs", """
            using TensorGraph;
            public partial interface IStep { Tensor Walked(Tensor x) $0 }
            public partial interface IValue { Tensor Value { get; } }
            """, [["=> x;", "=> x.Sum() > 1 ? x : -x;"]]),
        new("Walk.cs", "using TensorGraph; $0 public partial class Walk : $1 { $2 }", [["", "public partial class WalkBase { public Tensor Walked(Tensor x) => x.Sum() > 1 ? x : -x; }"], ["IStep", "WalkBase, IStep", "Layers.Bag, IStep"],
            ["", "public Tensor Walked(Tensor x) => x;", "public Tensor Walked(Tensor x) { if (x.Max() > 3) return -x; return x; }", "Tensor IStep.Walked(Tensor x) => x.Max() > 3 ? x : -x;"]]),
        new("Bag.cs", """
            using System;
            using TensorGraph;
            public partial class BagBase
            {
                public Tensor Sum = 0f;
                $0
                public int CompareTo(Bag? other) { $1 return 0; }
            }
            public partial class Bag : BagBase, IComparable<Bag>
            {
                public Tensor Of(Tensor x) => $2;
            }
            """, [
            ["", "public override string ToString() => Sum.Max() > 1 ? \"a\" : \"b\";", "public float Rate = 1;"],
            ["", "if (Sum.Max() > 1) Sum = -Sum;"],
            ["x", "x.Sum() > 1 ? x : -x"],
        ]),
        new("Bag.More.cs", "using TensorGraph; public partial class Bag { $0 }", [["", "public new int CompareTo(Bag? other) { if (Sum.Max() > 1) return 1; return 0; }", "public Tensor Of(Tensor x, int more = 0) => x;", "public override string ToString() => \"bag\";"]]),
        new("Box.cs", "using TensorGraph; public partial class Box<T> where T : $0 { public T Held = new(); $1 }", [["BagBase, new()", "new()"], ["", "public float Rate;"]]),
        new("Layers.cs", """
            using TensorGraph;
            namespace Layers
            {
                public static partial class Widening { public static Tensor Widen(this Tensor x) => $0; }
                public partial class Bag { public Tensor Sum = 1f; public Tensor Of(Tensor x) => x.Sum() > 5 ? x : x + 5; }
            }
            namespace Layers.More
            {
                public static partial class Widening { public static Tensor Widen(this Tensor x) { if (x.Sum() > 1) return x; return x + 1; } }
                $1
            }
            """, [["x", "x.Sum() > 1 ? x : x * 2"], ["", "public partial class Bag { public Tensor Sum = 2f; public Tensor Of(Tensor x) => x; }"]]),
        new("Stolen.cs", "$0", [["",
            "using TensorGraph; public static partial class Stolen { public static Tensor Widen(this Tensor x) => x.Max() > 0 ? x : -x; }",
            "using TensorGraph; public static partial class Stolen { public static Tensor Of(this Bag bag, Tensor x, float by = 1) => x; public static Tensor Widen(this object x, int by = 3) => 1f; }",
            "using TensorGraph; namespace Layers { public static class Stolen { extension(Tensor x) { public Tensor Widen(float by = 2) => x.Sum() > 1 ? x : -x; } } }",
        ]]),
        new("Globals.cs", "$0", [["", "global using static Free;", "global using Bag = Layers.Bag;", "global using TensorGraph; global using Layers.More;", "[assembly: System.Runtime.CompilerServices.InternalsVisibleTo(\"Other\")]"]]),
        new("Free.cs", "using TensorGraph; public static partial class Free { public static Tensor $0(Tensor x) => $1; } public static partial class Slow { public static Tensor Of(Tensor x) => $2; }", [["Free", "Renamed"], ["x", "x.Sum() > 1 ? x : -x"], ["x", "x.Sum() > 3 ? x : x + 3"]]),
        new("Cell.cs", "using TensorGraph; public partial class Cell : IValue { public Tensor Value $0 public static Tensor Made(Tensor x) => $1; }", [["{ get; set; } = 1f;", "=> Weight.Sum() > 1 ? Weight : -Weight;", "{ get => field; set { field = value; } }"], ["x", "x.Sum() > 1 ? x : -x"]]),
        new("Cell.More.cs", """
            using TensorGraph;
            public partial class Cell
            {
                public int Count() { $0 return 1; }
                public Tensor Weight = $1;
                $2
            }
            """, [["", "\n\n"], ["1f", "Made(1f)", "1f.AsTensor()"], ["", "private int _count; public Cell() { _count++; }", "public Cell(int count) { }"]]),
        new("Pair.cs", "using TensorGraph; public partial struct Pair { public Tensor First; $0 }", [["", "public Tensor Third;"]]),
        new("Pair.More.cs", "using TensorGraph; public partial struct Pair { public Tensor Second$0 }", [[";", " { get; set; }", "; public int Count;"]]),
        new("User.cs", """
            $1
            using TensorGraph;
            public class User
            {
                public Tensor Use(Net m, Tensor x) => $0;
                public Tensor Staged(Cell cell, Bag bag, Tensor x) => bag.Of(cell.Value).Sum() > 1 ? x : -x;
            }
            """, [["m.Step(x)", "m.Step(m.Step(x))", "m.Helper(x)"], ["", "using Layers;", "using Bag = Layers.Bag;"]]),
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
