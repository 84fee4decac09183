using TensorGraph;

namespace Retracing;

/// <summary>A reason for further traces.</summary>
/// <param name="Name">What changes from call to call.</param>
/// <param name="Calls">Calls that are traced more than once; gives the function that they call.</param>
/// <param name="Remedy">The change after which they are not.</param>
/// <param name="Remedied">The same calls after that change.</param>
/// <param name="Rule">The analyzer's ID where it says so while typing.</param>
public sealed record Reason(string Name, Func<Before, Delegate> Calls, string Remedy, Func<After, Delegate> Remedied, string? Rule = null);

/// <summary>Each reason, with calls before and after its remedy.</summary>
public static class Reasons
{
    private static readonly Tensor X = new float[] { 1, 2 };
    private static readonly Transform Half = new(0.5f);
    private static readonly Func<Tensor, Tensor> Halve = x => x * 0.5f;

    public static IReadOnlyList<Reason> All { get; } =
    [
        new("dtype of a tensor", Dtype, "cast to one dtype before the call", DtypeOnce),
        new("rank of a tensor", Rank, "reshape to one rank before the call", RankOnce),
        new("size of an axis", Sizes, "declare the sizes that vary in InputSignature", SizesOnce, "TG6104"),
        new("C# number", Numbers, "a Tensor parameter", NumbersOnce, "TG6101"),
        new("C# bool", Flags, "a Tensor parameter: the branch is in the graph", FlagsOnce),
        new("lambda", Lambdas, "one lambda for all calls", LambdasOnce, "TG6102"),
        new("object", Objects, "one object for all calls", ObjectsOnce, "TG6102"),
        new("number of elements", Counts, "one tensor with the elements as rows", CountsOnce),
        new("content of a C# collection", Contents, "a Tensor parameter", ContentsOnce),
        new("optional argument", Optional, "a mask of ones where there is none", OptionalOnce),
        new("property that the function reads", State, "a Variable", StateOnce),
        new("state of a function that it calls", Nested, "a Variable", NestedOnce),
        new("number of a size in C#", ReadSizes, "Ops.Size, a tensor", ReadSizesOnce, "TG6104"),
    ];

    private static Func<Tensor, Tensor> Dtype(Before before)
    {
        before.Double(X);
        before.Double(X.Cast(DType.F64));
        return before.Double;
    }

    private static Func<Tensor, Tensor> DtypeOnce(After after)
    {
        after.Double(X);
        after.Double(X.Cast(DType.F64).Cast(DType.F32));
        return after.Double;
    }

    private static Func<Tensor, Tensor> Rank(Before before)
    {
        before.Double(X);
        before.Double(X.Reshape(1, 2));
        return before.Double;
    }

    private static Func<Tensor, Tensor> RankOnce(After after)
    {
        after.Double(X);
        after.Double(X.Reshape(1, 2).Reshape(2));
        return after.Double;
    }

    private static Func<Tensor, Tensor> Sizes(Before before)
    {
        for (int n = 2; n < 5; n++)
            before.Total(Ops.Ones(n));
        return before.Total;
    }

    private static Func<Tensor, Tensor> SizesOnce(After after)
    {
        for (int n = 2; n < 5; n++)
            after.Total(Ops.Ones(n));
        return after.Total;
    }

    private static Func<Tensor, float, Tensor> Numbers(Before before)
    {
        for (int i = 0; i < 3; i++)
            before.Step(X, i * 0.5f);
        return before.Step;
    }

    private static Func<Tensor, Tensor, Tensor> NumbersOnce(After after)
    {
        for (int i = 0; i < 3; i++)
            after.Step(X, i * 0.5f);
        return after.Step;
    }

    private static Func<Tensor, bool, Tensor> Flags(Before before)
    {
        foreach (bool training in new[] { true, false, true })
            before.Dropout(X, training);
        return before.Dropout;
    }

    private static Func<Tensor, Tensor, Tensor> FlagsOnce(After after)
    {
        foreach (bool training in new[] { true, false, true })
            after.Dropout(X, training);
        return after.Dropout;
    }

    private static Func<Tensor, Func<Tensor, Tensor>, Tensor> Lambdas(Before before)
    {
        for (int i = 0; i < 3; i++)
        {
            float factor = 0.5f;
            before.Apply(X, x => x * factor);
        }

        return before.Apply;
    }

    private static Func<Tensor, Func<Tensor, Tensor>, Tensor> LambdasOnce(After after)
    {
        for (int i = 0; i < 3; i++)
            after.Apply(X, Halve);
        return after.Apply;
    }

    private static Func<Tensor, Transform, Tensor> Objects(Before before)
    {
        for (int i = 0; i < 3; i++)
            before.Transform(X, new Transform(0.5f));
        return before.Transform;
    }

    private static Func<Tensor, Transform, Tensor> ObjectsOnce(After after)
    {
        for (int i = 0; i < 3; i++)
            after.Transform(X, Half);
        return after.Transform;
    }

    private static Func<IReadOnlyList<Tensor>, Tensor> Counts(Before before)
    {
        before.Sum([X, X * 2]);
        before.Sum([X, X * 2, X * 3]);
        return before.Sum;
    }

    private static Func<Tensor, Tensor> CountsOnce(After after)
    {
        after.Sum(Ops.Stack([X, X * 2]));
        after.Sum(Ops.Stack([X, X * 2, X * 3]));
        return after.Sum;
    }

    private static Func<Tensor, float[], Tensor> Contents(Before before)
    {
        before.Weigh(X, [1, 2]);
        before.Weigh(X, [1, 3]);
        return before.Weigh;
    }

    private static Func<Tensor, Tensor, Tensor> ContentsOnce(After after)
    {
        after.Weigh(X, new float[] { 1, 2 });
        after.Weigh(X, new float[] { 1, 3 });
        return after.Weigh;
    }

    private static Func<Tensor, Tensor?, Tensor> Optional(Before before)
    {
        before.Masked(X);
        before.Masked(X, new float[] { 1, 0 });
        return before.Masked;
    }

    private static Func<Tensor, Tensor, Tensor> OptionalOnce(After after)
    {
        after.Masked(X, Ops.Ones(2));
        after.Masked(X, new float[] { 1, 0 });
        return after.Masked;
    }

    private static Func<Tensor, Tensor> State(Before before)
    {
        before.Learn(X);
        before.Rate = 0.5f;
        before.Learn(X);
        return before.Learn;
    }

    private static Func<Tensor, Tensor> StateOnce(After after)
    {
        after.Learn(X);
        after.Rate.Assign(0.5f);
        after.Learn(X);
        return after.Learn;
    }

    private static Func<Tensor, Tensor> Nested(Before before)
    {
        before.Outer(X);
        before.SetScale(2);
        before.Outer(X);
        return before.Outer;
    }

    private static Func<Tensor, Tensor> NestedOnce(After after)
    {
        after.Outer(X);
        after.SetScale(2);
        after.Outer(X);
        return after.Outer;
    }

    private static Func<Tensor, Tensor> ReadSizes(Before before)
    {
        for (int n = 2; n < 5; n++)
            before.Mean(Ops.Ones(n));
        return before.Mean;
    }

    private static Func<Tensor, Tensor> ReadSizesOnce(After after)
    {
        for (int n = 2; n < 5; n++)
            after.Mean(Ops.Ones(n));
        return after.Mean;
    }
}
