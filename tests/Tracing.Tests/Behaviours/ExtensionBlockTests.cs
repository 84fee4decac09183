namespace TensorGraph.Tests;

/// <summary>Tensor control flow in what C# 14 added: extension blocks, operators that change their left operand, assignment behind <c>?.</c>.</summary>
public sealed class ExtensionBlockTests
{
    [Theory]
    [InlineData(nameof(ExtensionModel.Method))]
    [InlineData(nameof(ExtensionModel.Property))]
    [InlineData(nameof(ExtensionModel.StaticMethod))]
    [InlineData(nameof(ExtensionModel.Operator))]
    [InlineData(nameof(ExtensionModel.GenericBlock))]
    [InlineData(nameof(ExtensionModel.CompoundOperator))]
    [InlineData(nameof(ExtensionModel.ConditionalAssignment))]
    [InlineData(nameof(ExtensionModel.PartialMembers))]
    public void Traced_equals_imperative(string method)
    {
        foreach (float x in new[] { -2f, 1f, 2.5f, 5f })
            Modes.Both(() => ExtensionModel.Call(method, x).Item<float>());
    }
}

internal static partial class TensorExtensions
{
    extension(Tensor x)
    {
        public Tensor Positive => x > 0 ? x : -x;

        public static Tensor AtLeastOne(Tensor t) => t > 1 ? t : 1f;

        public Tensor Clipped(Tensor limit)
        {
            if (x > limit)
                return limit;
            return x;
        }
    }

    extension(Holder)
    {
        public static Tensor operator *(Holder a, Tensor b) => b > 1 ? a.Value * b : a.Value;
    }

    extension<T>(List<T> list)
        where T : class
    {
        public Tensor SumOfLarge(Func<T, Tensor> f)
        {
            Tensor sum = 0f;
            foreach (var item in list)
            {
                if (f(item) > 2)
                    sum += f(item);
            }

            return sum;
        }
    }
}

internal sealed partial class Holder
{
    public Tensor Value { get; private set; } = 2f;

    public Tensor Read() => Value;

    public Tensor Large
    {
        get => Value > 1 ? Value : 0f;
        set
        {
            if (value > 2)
                Value = value;
            else
                Value = 0f;
        }
    }

    public void operator +=(Tensor t)
    {
        if (t > 1)
            Value = Value + t;
        else
            Value = Value - t;
    }
}

internal sealed partial class Halves
{
    private Tensor _p = 1f;

    public partial Halves(Tensor t);

    public partial Tensor P { get; set; }

    public partial Tensor M(Tensor t);
}

internal sealed partial class Halves
{
    public partial Halves(Tensor t)
    {
        if (t > 3)
            _p = t;
    }

    public partial Tensor P
    {
        get => _p > 2 ? _p : 2f;
        set
        {
            if (value > 1)
                _p = value;
        }
    }

    public partial Tensor M(Tensor t) => t > 1 ? t : 1f;
}

internal static partial class ExtensionModel
{
    public static Tensor Call(string method, Tensor x) => method switch
    {
        nameof(Method) => Method(x),
        nameof(Property) => Property(x),
        nameof(StaticMethod) => StaticMethod(x),
        nameof(Operator) => Operator(x),
        nameof(GenericBlock) => GenericBlock(x),
        nameof(CompoundOperator) => CompoundOperator(x),
        nameof(ConditionalAssignment) => ConditionalAssignment(x),
        _ => PartialMembers(x),
    };

    [GraphFunction]
    public static Tensor Method(Tensor x) => x.Clipped(2f);

    [GraphFunction]
    public static Tensor Property(Tensor x) => x.Positive + 1;

    [GraphFunction]
    public static Tensor StaticMethod(Tensor x) => Tensor.AtLeastOne(x);

    [GraphFunction]
    public static Tensor Operator(Tensor x) => new Holder() * x;

    [GraphFunction]
    public static Tensor GenericBlock(Tensor x) => new List<string> { "a", "bcd" }.SumOfLarge(s => x + s.Length);

    [GraphFunction]
    public static Tensor CompoundOperator(Tensor x)
    {
        var holder = new Holder();
        holder += x;
        holder += 2f;
        return holder.Read();
    }

    [GraphFunction]
    public static Tensor ConditionalAssignment(Tensor x)
    {
        Holder? holder = new Holder();
        holder?.Large = x;
        return holder!.Large;
    }

    [GraphFunction]
    public static Tensor PartialMembers(Tensor x)
    {
        var halves = new Halves(x);
        halves.P = x + 1;
        return halves.P + halves.M(x);
    }
}
