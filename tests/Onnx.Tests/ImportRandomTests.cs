using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Xunit.Abstractions;

namespace TensorGraph.Tests;

/// <summary>Random attributes and sizes of operators give the same as in ONNX Runtime.</summary>
public sealed class ImportRandomTests(ITestOutputHelper output)
{
    private const int Cases = 150;

    private static readonly Dictionary<string, Func<Random, OperatorCase>> Makers = new(StringComparer.Ordinal)
    {
        ["Conv"] = random => Windowed(random, "Conv"),
        ["ConvTranspose"] = random => Windowed(random, "ConvTranspose"),
        ["MaxPool"] = random => Windowed(random, "MaxPool"),
        ["AveragePool"] = random => Windowed(random, "AveragePool"),
        ["Slice"] = Slice,
        ["Pad"] = Pad,
        ["Resize"] = Resize,
        ["Reduce"] = Reduce,
        ["Gather"] = Gather,
        ["Transpose"] = random =>
        {
            long[] shape = Shape(random, 4);
            return new(13, "Transpose", [F(random, shape)], ("perm", Enumerable.Range(0, shape.Length).Select(i => (long)i).OrderBy(_ => random.Next()).ToArray()));
        },
        ["Softmax"] = random =>
        {
            long[] shape = Shape(random, 4, least: 1);
            long axis = random.Next(-shape.Length, shape.Length);
            return new(random.Next(2) == 0 ? 11 : 13, random.Next(2) == 0 ? "Softmax" : "LogSoftmax", [F(random, shape)], ("axis", axis));
        },
        ["MatMul"] = random =>
        {
            long n = random.Next(1, 6);
            long[] left = [.. Enumerable.Range(0, random.Next(3)).Select(_ => (long)random.Next(1, 3)), random.Next(0, 5), n];
            return new(13, "MatMul", [F(random, left), F(random, [.. random.Next(2) == 0 ? [] : left[..^2], n, random.Next(1, 5)])]);
        },
        ["Gemm"] = random =>
        {
            long m = random.Next(1, 6), k = random.Next(1, 6), n = random.Next(1, 6), a = random.Next(2), b = random.Next(2);
            long[] offset = random.Next(4) switch { 0 => [n], 1 => [1, n], 2 => [m, 1], _ => [m, n] };
            return new(13, "Gemm", [F(random, a == 0 ? [m, k] : [k, m]), F(random, b == 0 ? [k, n] : [n, k]), F(random, offset)],
                ("transA", a), ("transB", b), ("alpha", (float)random.NextDouble()), ("beta", (float)random.NextDouble()));
        },
    };

    public static TheoryData<string> Names() => [.. Makers.Keys];

    [RuntimeTheory]
    [MemberData(nameof(Names))]
    public void Random_forms_agree(string name)
    {
        int agreed = 0, refused = 0;
        var faults = new List<string>();
        for (int seed = 0; seed < Cases; seed++)
        {
            var random = new Random(seed);
            var made = Makers[name](random);
            var model = made.Model(isOpen: random.Next(2) == 0 && name is not "ConvTranspose");
            Literal[] expected;
            try
            {
                expected = OnnxRuntime.Run(model, made.Given);
            }
            catch (OnnxRuntimeException)
            {
                refused++;
                continue;
            }

            try
            {
                Agreement.Same(ImportedModel.Run(model, made.Given), expected, $"{made}", 1e-5);
                agreed++;
            }
            catch (Exception fault) when (fault is GraphException or Xunit.Sdk.XunitException or InvalidDataException)
            {
                faults.Add(string.Create(CultureInfo.InvariantCulture, $"seed {seed}: {made}: {fault.Message}"));
            }
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{agreed} agree, ONNX Runtime refuses {refused}"));
        Assert.True(faults.Count == 0, string.Join('\n', faults));
        Assert.True(agreed > Cases / 3, $"{agreed} agree");
    }

    private static Literal F(Random random, long[] shape) => Literal.FromDoubles(new(DType.F32, new Shape(shape)), _ => (random.NextDouble() * 4) - 2);

    private static long[] Shape(Random random, int most, int least = 0) => [.. Enumerable.Range(0, random.Next(1, most + 1)).Select(_ => (long)random.Next(least, 6))];

    private static long[] Each(int count, Func<int, long> number) => [.. Enumerable.Range(0, count).Select(number)];

    private static OperatorCase Windowed(Random random, string name)
    {
        int axes = random.Next(1, 4), groups = random.Next(1, 3);
        long[] window = Each(axes, _ => random.Next(1, 4)), dilation = Each(axes, _ => random.Next(1, 3)), stride = Each(axes, _ => random.Next(1, 4));
        long[] pads = Each(2 * axes, i => random.Next(0, (int)window[i % axes])), spatial = Each(axes, _ => random.Next(4, 9));
        long channels = groups * random.Next(1, 3), outputs = random.Next(1, 3);
        string auto = new[] { "NOTSET", "NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER" }[random.Next(5)];
        var attributes = new List<(string, object)> { ("strides", stride), ("auto_pad", auto) };
        if (auto == "NOTSET")
            attributes.Add(("pads", pads));
        // ONNX Runtime does not pad for the extent of a window whose elements are apart.
        else if (name is "ConvTranspose" or "MaxPool")
            dilation = Each(axes, _ => 1);
        bool isPool = name.EndsWith("Pool", StringComparison.Ordinal);
        if (!isPool || name == "MaxPool")
            attributes.Add(("dilations", dilation));
        List<Arg> inputs = [F(random, [random.Next(1, 3), channels, .. spatial])];
        if (isPool)
        {
            attributes.Add(("kernel_shape", window));
            if (auto == "NOTSET")
                attributes.Add(("ceil_mode", (long)random.Next(2)));
            if (name == "AveragePool")
                attributes.Add(("count_include_pad", (long)random.Next(2)));
        }
        else
        {
            attributes.Add(("group", (long)groups));
            inputs.Add(Arg.Const(F(random, name == "Conv" ? [outputs * groups, channels / groups, .. window] : [channels, outputs, .. window])));
            if (random.Next(2) == 0)
                inputs.Add(Arg.Const(F(random, [outputs * groups])));
            if (name == "ConvTranspose" && auto == "NOTSET" && random.Next(2) == 0)
                attributes.Add(("output_padding", Each(axes, i => random.Next(0, (int)Math.Max(stride[i], dilation[i])))));
        }

        return new(12, name, [.. inputs], [.. attributes]);
    }

    private static OperatorCase Slice(Random random)
    {
        long[] shape = Shape(random, 4);
        int[] axes = [.. Enumerable.Range(0, shape.Length).OrderBy(_ => random.Next()).Take(random.Next(1, shape.Length + 1))];
        long Bound() => random.Next(8) switch { 0 => long.MaxValue, 1 => long.MinValue, 2 => int.MaxValue, _ => random.Next(-8, 9) };
        Arg List(Func<int, long> number)
        {
            var arg = Arg.List([.. axes.Select((_, i) => number(i))]);
            return random.Next(3) == 0 ? arg with { IsConstant = false } : arg;
        }

        return new(13, "Slice",
        [
            F(random, shape), List(_ => Bound()), List(_ => Bound()), Arg.List([.. axes.Select(axis => (long)(random.Next(2) == 0 ? axis : axis - shape.Length))]),
            Arg.List([.. axes.Select(_ => random.Next(2) == 0 ? random.Next(1, 4) : (long)random.Next(-3, 0))]),
        ]);
    }

    private static OperatorCase Pad(Random random)
    {
        long[] shape = Shape(random, 3, least: 3);
        string mode = new[] { "constant", "constant", "reflect", "edge" }[random.Next(4)];
        var pads = Arg.List(Each(2 * shape.Length, _ => random.Next(mode == "constant" ? -1 : 0, 3)));
        return new(13, "Pad", [F(random, shape), random.Next(3) == 0 ? pads with { IsConstant = false } : pads, Arg.Number(DType.F32, random.Next(3))], ("mode", mode));
    }

    private static OperatorCase Resize(Random random)
    {
        string transform = new[] { "half_pixel", "pytorch_half_pixel", "asymmetric", "align_corners" }[random.Next(4)];
        string nearest = new[] { "round_prefer_floor", "round_prefer_ceil", "floor", "ceil" }[random.Next(4)];
        string mode = random.Next(2) == 0 ? "nearest" : "linear";
        float Scale() => new[] { 0.5f, 0.75f, 1, 1.5f, 2, 3 }[random.Next(6)];
        return new(13, "Resize", [F(random, [1, 2, random.Next(2, 7), random.Next(2, 7)]), Arg.None, Arg.Floats(1, 1, Scale(), Scale())],
            ("mode", mode), ("coordinate_transformation_mode", transform), ("nearest_mode", nearest));
    }

    private static OperatorCase Reduce(Random random)
    {
        string name = new[] { "ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2", "ReduceSumSquare", "ReduceLogSumExp", "ReduceMean" }[random.Next(9)];
        long[] shape = Shape(random, 4, least: 1);
        var axes = Arg.List([.. Enumerable.Range(0, shape.Length).OrderBy(_ => random.Next()).Take(random.Next(0, shape.Length + 1)).Select(axis => (long)axis - (random.Next(2) * shape.Length))]);
        return new(18, name, [F(random, shape), axes], ("keepdims", (long)random.Next(2)), ("noop_with_empty_axes", (long)random.Next(2)));
    }

    private static OperatorCase Gather(Random random)
    {
        long[] shape = Shape(random, 3, least: 1), at = Shape(random, 2);
        int axis = random.Next(shape.Length), size = (int)shape[axis];
        var positions = Literal.FromLongs(new(random.Next(2) == 0 ? DType.I64 : DType.I32, new Shape(at)), _ => random.Next(-size, size));
        return new(13, "Gather", [F(random, shape), random.Next(2) == 0 ? Arg.Const(positions) : positions], ("axis", (long)(random.Next(2) == 0 ? axis : axis - shape.Length)))
        {
            MayBeOpen = false,
        };
    }
}
