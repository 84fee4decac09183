namespace TensorGraph.Tests;

/// <summary>Objects that a graph function makes for itself and changes.</summary>
public sealed partial class MadeObjectTests
{
    [Fact]
    public void One_trace_serves_all_calls()
    {
        Assert.Equal("13", Modes.Both(() => { Sums.Build(3f); return Sums.Build(4f); }).Result.ToString());
        Assert.Equal(1, GraphFunction.Of(Sums.Build).TraceCount);
        Assert.Equal("12", Modes.Both(() => { Sums.BuildByConstructor(3f); return Sums.BuildByConstructor(4f); }).Result.ToString());
        Assert.Equal(1, GraphFunction.Of(Sums.BuildByConstructor).TraceCount);
    }

    [Fact]
    public void An_older_object_that_one_holds_is_seen()
    {
        string[] results = Modes.Both(() =>
        {
            var model = new Scaled();
            string before = model.Run(2f).ToString();
            model.Settings.Rate = 3;
            return new[] { before, model.Run(2f).ToString() };
        }).Result;
        Assert.Equal(["2", "6"], results);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_older_object_is_seen_when_the_one_that_led_to_it_is_gone(bool isArgument)
    {
        string[] results = Modes.Both(() =>
        {
            var model = new Scaled();
            string Run() => (isArgument ? model.RunOf(2f) : model.RunBy(2f)).ToString();
            string before = Run();
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
            string same = Run();
            model.Settings.Rate = 3;
            return new[] { before, same, Run() };
        }).Result;
        Assert.Equal(["2", "2", "6"], results);
    }

    [Theory]
    [InlineData(nameof(Links.Computed))]
    [InlineData(nameof(Links.Virtual))]
    [InlineData(nameof(Links.OfInterface))]
    [InlineData(nameof(Links.AsArgument))]
    [InlineData(nameof(Links.InLocal))]
    [InlineData(nameof(Links.Collection))]
    [InlineData(nameof(Links.Two))]
    public void An_older_object_behind_a_getter_is_seen_when_the_one_that_led_to_it_is_gone(string method)
    {
        string[] results = Modes.Both(() =>
        {
            var model = new Links();
            string before = model.Call(method, 2f).ToString();
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
            string same = model.Call(method, 2f).ToString();
            model.Kept.Rate = 3;
            model.Kept.Items.AddRange([1, 2]);
            return new[] { before, same, model.Call(method, 2f).ToString() };
        }).Result;
        Assert.Equal(["2", "2", "6"], results);
    }

    internal interface ISource
    {
        Linked Source { get; }
    }

    internal sealed class Linked
    {
        public float Rate { get; set; } = 1;

        public List<int> Items { get; set; } = [1];
    }

    internal partial class Link(Linked linked) : ISource
    {
        private readonly Linked _linked = linked;

        public Linked Source => _linked;

        public virtual Linked Other => _linked;

        public Tensor Computed(Tensor x) => x * Source.Rate;

        public Tensor Virtual(Tensor x) => x * Other.Rate;

        public Tensor Collection(Tensor x) => x * Source.Items.Count;

        public static Tensor Of(Link link, Tensor x) => x * link.Source.Rate;

        public static Tensor OfInterface(ISource link, Tensor x) => x * link.Source.Rate;
    }

    internal sealed partial class Links
    {
        public Linked Kept { get; } = new();

        [GraphFunction]
        public Tensor Computed(Tensor x) => Made().Computed(x);

        [GraphFunction]
        public Tensor Virtual(Tensor x) => Made().Virtual(x);

        [GraphFunction]
        public Tensor Collection(Tensor x) => Made().Collection(x);

        [GraphFunction]
        public Tensor AsArgument(Tensor x) => Link.Of(Made(), x);

        [GraphFunction]
        public Tensor OfInterface(Tensor x) => Link.OfInterface(Made(), x);

        [GraphFunction]
        public Tensor InLocal(Tensor x)
        {
            var link = new Link(Kept);
            return link.Computed(x);
        }

        [GraphFunction]
        public Tensor Two(Tensor x) => new Outer(Made()).Run(x);

        private Link Made() => new(Kept);

        public Tensor Call(string method, Tensor x) => method switch
        {
            nameof(Computed) => Computed(x),
            nameof(Virtual) => Virtual(x),
            nameof(Collection) => Collection(x),
            nameof(AsArgument) => AsArgument(x),
            nameof(OfInterface) => OfInterface(x),
            nameof(InLocal) => InLocal(x),
            _ => Two(x),
        };
    }

    internal sealed partial class Outer(Link link)
    {
        private readonly Link _link = link;

        private Link Inner => _link;

        public Tensor Run(Tensor x) => x * Inner.Source.Rate;
    }

    [Fact]
    public void One_that_others_keep_is_state()
    {
        string[] results = Modes.Both(() =>
        {
            Sums.Cache.Clear();
            return new[] { Sums.Kept(1f).ToString(), Sums.Kept(1f).ToString(), Sums.Kept(1f).ToString() };
        }).Result;
        Assert.Equal(["1", "2", "3"], results);
    }

    internal sealed partial class Builder
    {
        public Builder()
        {
        }

        public Builder(Tensor x) => Add(x);

        public int Count { get; private set; }

        public Tensor Sum { get; private set; } = 0f;

        public void Add(Tensor x)
        {
            Count++;
            Sum += x * Count;
        }
    }

    internal sealed partial class Counter
    {
        public int Count { get; private set; }

        public void Next() => Count++;
    }

    internal sealed class Settings
    {
        public float Rate { get; set; } = 1;
    }

    internal sealed partial class Scaler(Settings settings)
    {
        private int _calls;

        public Tensor Run(Tensor x)
        {
            _calls++;
#pragma warning disable TG7103 // The change of the rate is what is tested.
            return x * settings.Rate * _calls;
#pragma warning restore TG7103
        }
    }

    internal sealed partial class Holder
    {
        private readonly Settings _settings;

        public Holder(Settings settings) => _settings = settings;

        public Settings Settings => _settings;

        public Holder? Inner { get; init; }

        public Tensor Run(Tensor x) => x * _settings.Rate;

        public static Tensor Of(Holder holder, Tensor x) => x * holder._settings.Rate * (holder.Inner?._settings.Rate ?? 1);
    }

    internal sealed partial class Scaled
    {
        [GraphFunction]
        public Tensor RunBy(Tensor x) => Made().Run(x);

        [GraphFunction]
        public Tensor RunOf(Tensor x) => Holder.Of(Made(), x);

        private Holder Made() => new(Settings);

        public Settings Settings { get; } = new();

        [GraphFunction]
        public Tensor Run(Tensor x)
        {
            var scaler = new Scaler(Settings);
            return scaler.Run(x);
        }
    }

    internal static partial class Sums
    {
        public static Dictionary<string, Counter> Cache { get; } = [];

        [GraphFunction]
        public static Tensor Build(Tensor x)
        {
            var builder = new Builder();
            builder.Add(x);
            builder.Add(x);
            return builder.Sum + builder.Count - 1;
        }

        [GraphFunction]
        public static Tensor BuildByConstructor(Tensor x)
        {
            Builder builder = new(x);
            builder.Add(x);
            return builder.Sum;
        }

        [GraphFunction]
        public static Tensor Kept(Tensor x)
        {
            if (!Cache.TryGetValue("only", out var counter))
            {
                var made = new Counter();
                Cache["only"] = counter = made;
            }
            counter.Next();
            return x * counter.Count;
        }
    }
}
