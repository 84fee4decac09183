using System.Reflection;

namespace TensorGraph.Tests.Conformance;

/// <summary>Graph functions of another assembly are called as graphs; generic ones have a handle for each instantiation.</summary>
public sealed class LibraryTests
{
    private static readonly byte[] s_library = Roslyn.Library("""
        namespace Lib;
        public partial class Clipper
        {
            public float Limit { get; set; } = 2;

            [GraphFunction]
            public Tensor Clip(Tensor x)
            {
                while (x.Sum() > Limit)
                    x = x / 2;
                return x;
            }

            [GraphFunction]
            public static Tensor Largest<T>(T first, Tensor y) where T : IReadOnlyList<Tensor>
            {
                foreach (Tensor x in first)
                {
                    if (x > y)
                        y = x;
                }
                return y;
            }
        }
        """);

    private static readonly Assembly s_program = Roslyn.Load("""
        public partial class Model
        {
            public readonly List<string> Lines = new();
            public readonly Lib.Clipper Clipper = new();

            [GraphFunction]
            public Tensor Inside(Tensor x)
            {
                Tensor y = x + 1;
                if (y.Sum() > 0)
                    y = Clipper.Clip(y);
                return y + Lib.Clipper.Largest(new[] { x, x * 2 }, y);
            }

            // No graph function: its call of one is intercepted.
            public Tensor FromOutside(Tensor x) => Clipper.Clip(x);

            [GraphFunction]
            public Tensor Pick<T>(Tensor x, T other) where T : struct
            {
                Tensor y = x;
                while (y.Sum() < 10)
                    y = y * 2 + (typeof(T) == typeof(int) ? 1 : 0);
                return y;
            }

            [GraphFunction]
            public Tensor Picks(Tensor x) => Pick(x, 1) * 100 + Pick(x, 1.5);

            public Tensor PickInt(Tensor x) => Pick(x, 1);
            public Tensor PickDouble(Tensor x) => Pick(x, 1.5);
        }
        public partial class Stack<T> where T : struct
        {
            [GraphFunction]
            public Tensor Sum(Tensor x)
            {
                Tensor sum = 0f;
                foreach (Tensor row in x)
                {
                    if (row > 1) continue;
                    sum += row * (typeof(T) == typeof(int) ? 2 : 3);
                }
                return sum;
            }
        }
        """, s_library);

    [Theory]
    [InlineData("Inside")]
    [InlineData("Picks")]
    public void Inside_a_graph_function_it_is_one_graph(string method) =>
        BothWays.AssertEqual(s_program, method, [.. new[] { 0.5f, 3f, 40f }.Select<float, Func<object?[]>>(x => () => [(Tensor)x])]);

    [Fact]
    public void A_call_from_outside_is_traced_and_sees_the_state_of_its_object()
    {
        dynamic model = Activator.CreateInstance(s_program.GetType("Model")!)!;
        Assert.Equal(1.5f, ((Tensor)model.FromOutside((Tensor)3f)).Item<float>());
        Assert.Equal(1.5f, ((Tensor)model.FromOutside((Tensor)6f)).Item<float>());
        object clipper = ((Type)model.GetType()).GetField("Clipper")!.GetValue((object)model)!;
        var function = GraphFunction.Of(clipper.GetType().GetMethod("Clip")!.CreateDelegate<Func<Tensor, Tensor>>(clipper));
        Assert.Equal(1, function.TraceCount);
        clipper.GetType().GetProperty("Limit")!.SetValue(clipper, 100f);
        Assert.Equal(6f, ((Tensor)model.FromOutside((Tensor)6f)).Item<float>());
        Assert.Equal(2, function.TraceCount);
        Assert.Equal("Clipper.Limit", function.Retraces[0].Argument);
    }

    [Fact]
    public void Instantiations_do_not_share_graphs()
    {
        dynamic model = Activator.CreateInstance(s_program.GetType("Model")!)!;
        Assert.Equal(15f, ((Tensor)model.PickInt((Tensor)3f)).Item<float>());
        Assert.Equal(12f, ((Tensor)model.PickDouble((Tensor)3f)).Item<float>());

        Type stack = s_program.GetType("Stack`1")!;
        Tensor rows = new[] { 1f, 5f, 0.5f };
        foreach ((Type element, float want) in new[] { (typeof(int), 3f), (typeof(double), 4.5f), (typeof(int), 3f) })
        {
            object instance = Activator.CreateInstance(stack.MakeGenericType(element))!;
            MethodInfo entry = instance.GetType().GetMethod(Analyzers.TwinNames.Entry("Sum"))!;
            Assert.Equal(want, ((Tensor)entry.Invoke(instance, [rows])!).Item<float>());
            Assert.Equal(want, ((Tensor)instance.GetType().GetMethod("Sum")!.Invoke(instance, [rows])!).Item<float>());
        }
    }
}
