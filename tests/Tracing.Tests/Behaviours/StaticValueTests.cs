using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TensorGraph.Tests;

/// <summary>C# values as arguments: those that are equal and yet different lead to different graphs, those that are the same to one.</summary>
public sealed partial class StaticValueTests
{
    private static readonly Dictionary<string, (Func<object> One, Func<object> Other)> s_equal = new()
    {
        ["Half"] = (() => Of((Half)0f), () => Of((Half)(-0f))),
        ["tuple"] = (() => Of((0f, 1)), () => Of((-0f, 1))),
        ["record struct"] = (() => Of(new Rate(0f)), () => Of(new Rate(-0f))),
        ["nullable number"] = (() => Of<float?>(0f), () => Of<float?>(-0f)),
        ["nullable struct"] = (() => Of<Rate?>(new Rate(0f)), () => Of<Rate?>(new Rate(-0f))),
        ["complex"] = (() => Of(new Complex(0, 0)), () => Of(new Complex(-0.0, 0))),
        ["vector"] = (() => Of(Vector2.Zero), () => Of(-Vector2.Zero)),
        ["decimal"] = (() => Of(1.0m), () => Of(1.00m)),
        ["moment"] = (() => Of(new DateTimeOffset(2020, 1, 1, 12, 0, 0, TimeSpan.Zero)), () => Of(new DateTimeOffset(2020, 1, 1, 13, 0, 0, TimeSpan.FromHours(1)))),
        ["time of another kind"] = (() => Of(new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc)), () => Of(new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Local))),
        ["Equals that says yes"] = (() => Of(new Lenient(1, "a")), () => Of(new Lenient(2, "a"))),
        ["text in it"] = (() => Of(new Lenient(1, "a")), () => Of(new Lenient(1, "b"))),
        ["inline array"] = (() => Of(Filled(0f)), () => Of(Filled(-0f))),
        ["struct in a struct"] = (() => Of((new Rate(0f), "a")), () => Of((new Rate(-0f), "a"))),
    };

    public static TheoryData<string> Equal => [.. s_equal.Keys];

    [Theory]
    [MemberData(nameof(Equal))]
    public void Equal_but_different_is_another_graph(string name)
    {
        var (one, other) = s_equal[name];
        var results = Modes.Both(() => new[] { one(), other(), one() }).Result;
        Assert.NotEqual(results[0].ToString(), results[1].ToString());
    }

    [Fact]
    public void The_same_value_made_anew_is_one_graph()
    {
        for (int i = 0; i < 3; i++)
        {
            Whole(1f, new((byte)7, 5, new('a', 3), BigInteger.Pow(10, 40), 2.50m, double.NaN));
            WithSpace(1f, Padded(i));
        }

        Assert.Equal(1, GraphFunction.Of(Whole).TraceCount);
        Assert.Equal(1, GraphFunction.Of(WithSpace).TraceCount);
    }

    [Fact]
    public void The_method_of_an_object_is_one_function_wherever_it_is_written()
    {
        var two = new Scale(2);
        var three = new Scale(3);
        Modes.Both(() => new[] { Apply(1f, two.Times), Apply(2f, two.Times), Apply(3f, three.Times), Apply(4f, two.Times), Apply(5f, Scale.Half), Apply(6f, Scale.Half) });
        Assert.Equal(3, GraphFunction.Of(Apply).TraceCount);
    }

    [Fact]
    public void A_lambda_that_is_made_anew_by_each_turn_is_one_function_while_its_locals_stay()
    {
        Modes.Both(() =>
        {
            var results = new List<Tensor>();
            float scale = 2;
            for (int i = 0; i < 6; i++)
            {
                if (i == 3)
                    scale = 5;
                results.Add(ApplyLambda(i, x => x * scale));
            }

            return results;
        });
        Assert.Equal(2, GraphFunction.Of(ApplyLambda).TraceCount);
    }

    [Fact]
    public void Each_lambda_of_a_multicast_delegate_counts()
    {
        Modes.Both(() =>
        {
            float first = 1, second = 10;
            var seen = new Variable(0f);
            Action<Tensor> both = x => seen.AssignAdd(x * first);
            both += x => seen.AssignAdd(x * second);
            var results = new List<Tensor>();
            foreach (int turn in (int[])[0, 1, 2])
            {
                first += turn;
                seen.Assign(0f);
                Tell(1f, both);
                results.Add(seen.Value);
            }

            return results;
        });
    }

    [Fact]
    public void A_function_that_was_collected_frees_its_graph()
    {
        var gone = Forgotten();
        for (int i = 0; i < 10 && gone.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(gone.IsAlive);
        ApplyForgotten(1f, Scale.Half);
        Assert.Single(GraphFunction.Of(ApplyForgotten).ConcreteFunctions);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Forgotten()
    {
        var scale = new Scale(2);
        ApplyForgotten(1f, scale.Times);
        return new(scale);
    }

    private static object Of<T>(T value) => Shown(1f, value);

    private static Buffer Filled(float value)
    {
        var buffer = default(Buffer);
        buffer[1] = value;
        return buffer;
    }

    // Other bytes between the fields each time.
    private static Spaced Padded(int noise)
    {
        Span<Spaced> place = stackalloc Spaced[1];
        MemoryMarshal.AsBytes(place).Fill((byte)noise);
        place[0].Small = 1;
        place[0].Number = 2;
        return place[0];
    }

    // A text that shows what Equals does not see.
    [GraphFunction]
    private static Tensor Shown<T>(Tensor x, T value) => x * Hash(FormattableString.Invariant($"{Bits(value)}"));

    private static string Bits<T>(T value) => value switch
    {
        Half half => $"{BitConverter.HalfToInt16Bits(half)}",
        float number => $"{BitConverter.SingleToInt32Bits(number)}",
        ValueTuple<float, int> pair => Bits(pair.Item1),
        ValueTuple<Rate, string> pair => Bits(pair.Item1),
        Rate rate => Bits(rate.Value),
        Complex complex => $"{BitConverter.DoubleToInt64Bits(complex.Real)}",
        Vector2 vector => Bits(vector.X),
        Buffer buffer => Bits(buffer[1]),
        DateTime time => $"{time.Kind}",
        DateTimeOffset moment => $"{moment.Hour}",
        Lenient lenient => $"{lenient.Number}{lenient.Text}",
        _ => FormattableString.Invariant($"{value}"),
    };

    // Small enough for a float to hold.
    private static int Hash(string text) => text.Aggregate(7, (sum, letter) => ((sum * 31) + letter) % 100_003);

    [GraphFunction]
    private static Tensor Whole(Tensor x, Mixed value) => x * (value.Number + value.Small);

    [GraphFunction]
    private static Tensor WithSpace(Tensor x, Spaced value) => x * (value.Number + value.Small);

    [GraphFunction]
    private static Tensor Apply(Tensor x, Func<Tensor, Tensor> function) => function(x);

    [GraphFunction]
    private static Tensor ApplyLambda(Tensor x, Func<Tensor, Tensor> function) => function(x);

    [GraphFunction]
    private static Tensor ApplyForgotten(Tensor x, Func<Tensor, Tensor> function) => function(x);

    [GraphFunction]
    private static Tensor Tell(Tensor x, Action<Tensor> told)
    {
        told(x);
        return x;
    }

    [InlineArray(2)]
    internal struct Buffer
    {
        private float _first;
    }

    internal record struct Rate(float Value);

    internal record struct Mixed(byte Small, int Number, string? Text, BigInteger Large, decimal Price, double Missing);

    internal struct Spaced
    {
        public byte Small;
        public int Number;
    }

    internal readonly struct Lenient(int number, string text)
    {
        public int Number => number;

        public string Text => text;

        public override bool Equals(object? obj) => obj is Lenient;

        public override int GetHashCode() => 0;
    }

    internal sealed class Scale(float factor)
    {
        public static Tensor Half(Tensor x) => x / 2;

        public Tensor Times(Tensor x) => x * factor;
    }
}
