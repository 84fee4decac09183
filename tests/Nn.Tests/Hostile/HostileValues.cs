using System.Collections.Immutable;
using System.Linq.Expressions;

namespace TensorGraph.Tests.Hostile;

/// <summary>Values for a parameter that a careful caller would not pass, and a few that he would, so that calls get past their first check.</summary>
internal sealed partial class HostileValues : IDisposable
{
    // Sizes are small, or larger than any memory: one in between would take the machine's.
    private static readonly long[] Sizes = [0, 1, 2, 3, -1, 1L << 40, 1L << 60, long.MaxValue, long.MinValue];

    private readonly Dictionary<Type, object?[]> _values;
    private readonly GradientTape _open = new(persistent: true);

    public HostileValues()
    {
        Tensor scalar = 1.5f, matrix = new float[,] { { 1, 2, 3 }, { 4, 5, 6 } }, nan = new[] { float.NaN, float.PositiveInfinity };
        Tensor?[] tensors =
        [
            null, scalar, matrix, nan, new float[0], new[] { 1, -7 }, new[] { 1L << 60 }, true, new[] { true, false }, (Tensor)"text", 2, -1L,
            Ops.Reshape(matrix, 2, 3, 1, 1, 1, 1, 1, 1), Ops.Cast(matrix, DType.BF16), Ops.Reshape(Ops.Ones(16), 1, 1, 4, 4), Ops.Zeros(0, 3),
        ];
        Dim[] dims = [.. Sizes.Select(size => (Dim)size), Dim.Symbol("n"), Dim.Symbol("n") * 2, Dim.Dynamic, default];
        Shape[] shapes =
        [
            default, [2, 3], [3, 2], [6], [0], [-1], [1L << 60], [1L << 40, 1L << 40], [Dim.Symbol("n")], [Dim.Dynamic, 2],
            new(Enumerable.Repeat(1L, 100).ToArray()), new(Enumerable.Repeat(2L, 70).ToArray()), new(default(ImmutableArray<Dim>)), [long.MinValue, 2],
        ];
        int[]?[] lists = [null, [], [0], [1], [-1], [5], [0, 0], [0, 1], [1, 0], [int.MaxValue], [int.MinValue], [0, 1, 2]];
        long[]?[] longs = [null, [], [0], [1], [1, 1], [2, 2], [-1], [0, 0], [long.MaxValue, 1], [long.MinValue, -1], [1L << 60, 1L << 60], [1, 1, 1, 1]];
        _values = new()
        {
            [typeof(Tensor)] = tensors,
            [typeof(int)] = [0, 1, -1, 2, 3, int.MinValue, int.MaxValue],
            [typeof(int?)] = [null, 0, -1, 7, int.MinValue, int.MaxValue],
            [typeof(long)] = [.. Sizes.Cast<object>()],
            [typeof(double)] = [0.0, 1.0, -1.0, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1e308, 5e-324],
            [typeof(float)] = [0f, float.NaN],
            [typeof(bool)] = [true, false],
            [typeof(string)] = [null, "", "x", "f32[2]", "f32[", "f32[-1]", "f32[99999999999999999999]", "\0", new string('a', 10_000)],
            [typeof(DType)] = [DType.F32, DType.I32, DType.Bool, DType.String, DType.F64, DType.BF16, (DType)99, (DType)(-1)],
            [typeof(Dim)] = [.. dims.Cast<object>()],
            [typeof(Shape)] = [.. shapes.Cast<object>()],
            [typeof(int[])] = lists,
            [typeof(long[])] = longs,
            [typeof(Dim[])] = [null, Array.Empty<Dim>(), .. dims.Select(dim => new[] { dim }), new[] { dims[2], dims[3] }],
            [typeof(Tensor[])] = [null, Array.Empty<Tensor>(), new Tensor[] { null! }, new[] { scalar }, new[] { matrix, matrix }, new[] { matrix, scalar }],
            [typeof(IReadOnlyList<Tensor>)] = [null, Array.Empty<Tensor>(), new Tensor[] { null! }, new[] { matrix, matrix }, new Tensor[] { 0, 1 }, new Tensor[] { matrix, 1 }],
            [typeof(Array)] = [null, Array.Empty<float>(), new float[2, 3], new object[1], new DateTime[1], new[] { new int[1] }, new string?[] { null }, new int[1, 0, 1]],
            [typeof(Index)] = [(Index)0, ^1, ^0, (Index)9, ^9, (Index)int.MaxValue],
            [typeof(Range)] = [Range.All, (1..), (..0), (5..9), (^9..), (2..1)],
            [typeof(TensorIndex)] = [default(TensorIndex), (TensorIndex)0, (TensorIndex)9, (TensorIndex)Range.All, (TensorIndex)(5..2), Tensor.NewAxis, (TensorIndex)(Tensor)1],
            [typeof(TensorIndex[])] = [null, Array.Empty<TensorIndex>(), new TensorIndex[] { 0 }, new TensorIndex[] { Range.All, default, 3 }],
            [typeof(Variable)] = [null, new Variable(matrix), new Variable(2), new Variable("text")],
            [typeof(Variable[])] = [null, Array.Empty<Variable>(), new Variable[] { null! }],
            [typeof(TensorArray)] = [null, new TensorArray(), TensorArray.From(matrix), new TensorArray(DType.F32, [3])],
            [typeof(TensorType)] = [default(TensorType), new TensorType(DType.F32, [2, 3]), new TensorType((DType)99, [2]), new TensorType(DType.F32, [Dim.Symbol("n")]), new TensorType(DType.F32, [1L << 60])],
            [typeof(Literal)] = [null, Literal.Scalar(DType.F32, 1), Literal.Zeros(new(DType.String, [2])), Literal.Zeros(new(DType.F32, [0]))],
            [typeof(RandomGenerator)] = [null, new RandomGenerator(1)],
            [typeof(object)] = [null, 1, "x", matrix, new object(), Array.Empty<object>()],
            [typeof(Device)] = [null, Devices.Interpreter],
            [typeof(TrainingFlag)] = [default(TrainingFlag), (TrainingFlag)true, (TrainingFlag)(Tensor)true, (TrainingFlag)matrix],
            [typeof(PerAxis)] = [null, (PerAxis)0, (PerAxis)1, (PerAxis)2, (PerAxis)int.MinValue, (PerAxis)(1, -1), (PerAxis)(2, 1, 1), (PerAxis)Array.Empty<int>()],
            [typeof(Adam)] = [null, new Adam()],
            [typeof(Sgd)] = [null, new Sgd(), new Sgd(1e308, 0.9, true, 1)],
            [typeof(AdamW)] = [null, new AdamW(decays: _ => throw new HostileException())],
            [typeof(Lamb)] = [null, new Lamb()],
            [typeof(RmsProp)] = [null, new RmsProp(momentum: 0.5, isCentered: true)],
            [typeof(Adagrad)] = [null, new Adagrad()],
            [typeof(Optimizer)] = [null, new Adam(), new Sgd { Schedule = _ => null!, Clipping = GradientClipping.ByGlobalNorm(1), AccumulationSteps = 2 }],
            [typeof(GradientClipping)] = [null, GradientClipping.ByValue(1), GradientClipping.ByNorm(1), GradientClipping.ByGlobalNorm(1e-300)],
            [typeof(MovingAverage)] = [null, new MovingAverage([new Variable(1f)])],
            [typeof(Trainer)] = [null, new Trainer(new Dense(3, 2), Loss.SparseSoftmaxCrossEntropy, new Sgd(), new Accuracy())],
            [typeof(Checkpoint)] = [null, new Checkpoint("/dev/null/tensorgraph", new Dense(1, 1))],
            [typeof(PredictionMetric)] = [null, new Accuracy(), new Auc(2)],
            [typeof(Dataset<Tensor>)] = [null, Dataset.FromTensorSlices(matrix), Dataset.Range(0), Dataset.FromEnumerable(new Tensor[] { null!, scalar })],
            [typeof(DatasetPosition)] = [null, Position(Dataset.FromTensorSlices(matrix)), Position(Dataset.Range(0))],
            [typeof(Vocabulary)] = [null, Vocabulary.Build(["a", "b"])],
            [typeof(IEnumerable<string>)] = [null, Array.Empty<string>(), new string[] { null! }, new[] { "a", "\n" }, new[] { "a" }],
            [typeof(IEnumerable<int>)] = lists,
            [typeof(DatasetEnumerator<Tensor>)] = [null, Dataset.Range(2).Shuffle(2).GetEnumerator()],
            [typeof(IReadOnlyList<string>)] = [null, Array.Empty<string>(), new string[] { null! }, new[] { "", "\0", "none" }],
            [typeof(IReadOnlyList<int>)] = lists,
            [typeof(IReadOnlyList<Shape>)] = [null, shapes[..1], shapes[1..2], shapes],
            [typeof(TensorRange)] = [null, Ops.Range(3), Ops.Range(2, -1)],
            [typeof(TensorSpec)] = [null, TensorSpec.Parse("f32[n, ?]"), new TensorSpec((DType)99, [-1])],
            [typeof(GraphFunction)] = [null, GraphFunction.Of((Func<Tensor, int, Tensor>)Plus)],
            [typeof(ConcreteFunction)] = [null, GraphFunction.Of((Func<Tensor, int, Tensor>)Plus).GetConcreteFunction(TensorSpec.Parse("f32[n]"), 1)],
            [typeof(GradientTape)] = [null, _open, Closed()],
        };
        foreach (var layers in Layers().GroupBy(layer => layer.GetType()))
            _values[layers.Key] = [null, .. layers];
        foreach (object metric in new object[] { new MeanMetric(), new Accuracy(), new TopKAccuracy(2), new RecallAtK(2), new ConfusionMatrix(3), new Precision(), new Recall(), new F1Score(), new Auc(3) })
            _values[metric.GetType()] = [null, metric];
        _values[typeof(Module)] = [null, .. Layers()];
    }

    private static Module[] Layers() =>
    [
        new Dense(3, 2), new Dense(3, 2, bias: false, dtype: DType.F64), new Conv1D(1, 2, 2), new Conv2D(1, 2, 3), new Conv3D(1, 1, 1), new DepthwiseConv2D(1, 2),
        new ConvTranspose1D(1, 2, 2), new ConvTranspose2D(1, 2, 2, stride: 2), new ConvTranspose3D(1, 1, 1), new MaxPool1D(2), new MaxPool2D(2), new MaxPool3D(1),
        new AveragePool1D(2), new AveragePool2D(2), new AveragePool3D(1), new GlobalMaxPool(), new GlobalAveragePool(), new BatchNorm(3), new LayerNorm(3), new RMSNorm(3),
        new GroupNorm(1, 3), new Dropout(), new Embedding(4, 2), new EmbeddingBag(4, 2, padding: 0), new SimpleRnn(3, 2), new Lstm(3, 2, returnSequences: true), new Gru(1, 1),
        new Bidirectional(new Lstm(3, 2), new Gru(3, 1)), new MultiHeadAttention(4, 2), new PositionEmbedding(3, 4), new SinusoidalPositions(), new TransformerEncoderBlock(4, 2, 3),
        new TransformerDecoderBlock(4, 2, 3), new Activation(Ops.Relu), new Activation(_ => null!), new Reshape(-1, 2), new Reshape(7), new Flatten(), new Sequential(),
        new Sequential(new Flatten(), new Dense(2, 1)), new Residual(new Flatten()),
    ];

    public void Dispose() => _open.Dispose();

    [GraphFunction]
    private static Tensor Plus(Tensor x, int n) => x + n;

    private static DatasetPosition Position(Dataset<Tensor> dataset)
    {
        using var elements = dataset.GetEnumerator();
        elements.MoveNext();
        return elements.Position;
    }

    private static GradientTape Closed()
    {
        var tape = new GradientTape();
        tape.Dispose();
        return tape;
    }

    /// <summary>The values of a type: its own, or null and what its parts give.</summary>
    public object?[] Of(Type type)
    {
        if (_values.TryGetValue(type, out object?[]? known))
            return known;
        object?[] made = Make(type);
        _values[type] = made;
        return made;
    }

    private object?[] Make(Type type)
    {
        if (type.IsArray && type.GetArrayRank() > 1)
            return [null, Array.CreateInstance(type.GetElementType()!, new int[type.GetArrayRank()])];
        if (type.IsArray)
            return [null, Array.CreateInstance(type.GetElementType()!, 0), Array.CreateInstance(type.GetElementType()!, 1)];
        if (Nullable.GetUnderlyingType(type) is { } inner)
            return [null, .. Of(inner)];
        if (type.IsSubclassOf(typeof(Delegate)))
            return [null, Returning(type, null), Returning(type, new HostileException())];
        if (type.IsEnum)
            return [.. Enum.GetValues(type).Cast<object>(), Enum.ToObject(type, 99), Enum.ToObject(type, -1)];
        var alike = _values.Where(entry => type.IsAssignableFrom(entry.Key) && entry.Key != typeof(object)).SelectMany(entry => entry.Value).ToArray();
        return type.IsValueType ? [Activator.CreateInstance(type)] : [null, .. alike];
    }

    // A delegate that gives default values, or throws.
    private static Delegate Returning(Type type, Exception? fault)
    {
        var invoke = type.GetMethod("Invoke")!;
        var parameters = invoke.GetParameters().Select(parameter => Expression.Parameter(parameter.ParameterType)).ToArray();
        Expression body = fault is null ? Expression.Default(invoke.ReturnType) : Expression.Throw(Expression.Constant(fault), invoke.ReturnType);
        return Expression.Lambda(type, body, parameters).Compile();
    }
}

/// <summary>An exception that a delegate of the caller throws: it comes through as it is.</summary>
internal sealed class HostileException() : Exception("thrown by a delegate of the test");
