using System.Reflection;

namespace TensorGraph.Tests.Conformance;

/// <summary>Which body a call runs is decided while tracing; whichever it is, its control flow is converted.</summary>
public sealed class DispatchTests
{
    private static readonly Lazy<Assembly> s_program = new(() => Roslyn.Load(Source));

    [Theory]
    [InlineData("ThroughInterface")]
    [InlineData("ThroughGenericInterface")]
    [InlineData("ThroughConstraint")]
    [InlineData("DefaultMember")]
    [InlineData("InheritedBody")]
    [InlineData("MethodGroupOfInterface")]
    [InlineData("HelperOfInterface")]
    [InlineData("HostDelegate")]
    public void Traced_equals_imperative(string method)
    {
        foreach (int x in new[] { -3, 0, 1, 5, 40 })
        {
            for (int which = 0; which < 3; which++)
                BothWays.AssertEqual(s_program.Value, method, () => [(Tensor)x, which]);
        }
    }

    [Fact]
    public void An_interface_without_control_flow_behind_it_needs_nothing() => Rule.Silent("""
        public interface IScale { Tensor Scale(Tensor x); }
        public partial class Twice : IScale { [GraphFunction] public Tensor Scale(Tensor x) => x * 2; }
        public class Thrice : IScale { public Tensor Scale(Tensor x) => x * 3; }
        public partial class Model
        {
            [GraphFunction]
            public Tensor Step(Tensor x, IScale scale) => scale.Scale(x);
        }
        """);

    [Fact]
    public void An_interface_that_is_not_partial_is_an_error_at_the_interface() => Rule.Reports("TG1101", """
        public interface [|IScale|] { Tensor Scale(Tensor x); }
        public partial class Twice : IScale { public Tensor Scale(Tensor x) => x > 0 ? x : -x; }
        public partial class Model
        {
            [GraphFunction]
            public Tensor Step(Tensor x, IScale scale) => scale.Scale(x);
        }
        """);

    [Fact]
    public void An_explicit_implementation_whose_interface_has_no_twin_is_an_error_at_the_interface() => Rule.Reports("TG1101", """
        public interface [|IScale|] { Tensor Scale(Tensor x); }
        public partial class Twice : IScale { Tensor IScale.Scale(Tensor x) => x > 0 ? x : -x; }
        public partial class Model
        {
            [GraphFunction]
            public Tensor Step(Tensor x, IScale scale) => scale.Scale(x);
        }
        """);

    [Fact]
    public void A_class_with_a_body_of_its_own_beside_a_converted_default_is_an_error_unless_partial() => Rule.Reports("TG1101", """
        public partial interface IScale { Tensor Scale(Tensor x) => x > 0 ? x : -x; }
        public class [|Twice|] : IScale { public Tensor Scale(Tensor x) => x * 2; }
        public partial class Model
        {
            [GraphFunction]
            public Tensor Step(Tensor x, IScale scale) => scale.Scale(x);
        }
        """);

    private const string Source = """
        public partial interface IBlock
        {
            Tensor Run(Tensor x);
            Tensor Half(Tensor x) => x / 2;
        }

        public partial interface IPair<T> where T : class
        {
            (Tensor, Tensor) Split<U>(Tensor x, T label, U other = default!);
        }

        public partial class Clip : IBlock, IPair<string>
        {
            public Tensor Run(Tensor x)
            {
                while (x > 3)
                    x = Log.Step(x);
                return x;
            }
            public Tensor Half(Tensor x) => x > 1 ? x / 2 : x;
            public (Tensor, Tensor) Split<U>(Tensor x, string label, U other = default!) => x > 2 ? (x, 1) : (2, x + label.Length);
        }

        public class Plain : IBlock
        {
            public Tensor Run(Tensor x) => x + 7;
            public Tensor Half(Tensor x) => x - 1;
        }

        public partial class Marked : IBlock
        {
            [GraphFunction]
            public Tensor Run(Tensor x)
            {
                if (x > 0)
                    return x * 2;
                return -x;
            }
        }

        public partial class Base
        {
            public virtual Tensor Run(Tensor x) => x > 4 ? x - 4 : x;
        }

        public partial class Derived : Base, IBlock;

        public partial class Better : Derived
        {
            public override Tensor Run(Tensor x) => x > 4 ? x * 4 : base.Run(x) + 1;
        }

        public static partial class Log
        {
            public static Tensor Step(Tensor x) => x > 10 ? x / 4 : x - 1;
        }

        public partial class Model
        {
            public readonly List<string> Lines = new();

            private static IBlock Block(int which) => which == 0 ? new Clip() : which == 1 ? new Plain() : new Marked();

            [GraphFunction]
            public Tensor ThroughInterface(Tensor x, int which) => Block(which).Run(x);

            [GraphFunction]
            public (Tensor, Tensor) ThroughGenericInterface(Tensor x, int which)
            {
                IPair<string> pair = new Clip();
                return pair.Split<int>(x, new string('a', which));
            }

            [GraphFunction]
            public Tensor ThroughConstraint(Tensor x, int which) => Run(new Clip(), x);

            private static Tensor Run<T>(T block, Tensor x) where T : IBlock => block.Run(x);

            [GraphFunction]
            public Tensor DefaultMember(Tensor x, int which) => Block(which).Half(x);

            [GraphFunction]
            public Tensor InheritedBody(Tensor x, int which)
            {
                IBlock block = which == 0 ? new Derived() : new Better();
                return block.Run(x);
            }

            [GraphFunction]
            public Tensor MethodGroupOfInterface(Tensor x, int which)
            {
                Func<Tensor, Tensor> run = Block(which).Run;
                return run(x);
            }

            [GraphFunction]
            public Tensor HelperOfInterface(Tensor x, int which) => Indirect(Block(which), x) + 1;

            private static Tensor Indirect(IBlock block, Tensor x) => block.Run(x);

            [GraphFunction]
            public Tensor HostDelegate(Tensor x, int which) => Ops.HostCall(
                values =>
                {
                    Tensor y = values[0];
                    while (y > 1)
                        y = Block(which).Run(y) - 9;
                    return [y];
                },
                [x.Type], x)[0];
        }
        """;
}
