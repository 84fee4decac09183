namespace TensorGraph.Tests;

/// <summary>A tape watches a tensor that has another name, which a branch or loop of the graph gave it.</summary>
public sealed partial class WatchedNameTests
{
    private static readonly Dictionary<string, Func<Model, Tensor, Tensor>> s_programs = new(StringComparer.Ordinal)
    {
        [nameof(Model.Then)] = (model, x) => model.Then(x),
        [nameof(Model.Else)] = (model, x) => model.Else(x),
        [nameof(Model.MadeInBranch)] = (model, x) => model.MadeInBranch(x),
        [nameof(Model.Operand)] = (model, x) => model.Operand(x),
        [nameof(Model.SwitchArm)] = (model, x) => model.SwitchArm(x),
        [nameof(Model.SwitchStatement)] = (model, x) => model.SwitchStatement(x),
        [nameof(Model.Nested)] = (model, x) => model.Nested(x),
        [nameof(Model.Twice)] = (model, x) => model.Twice(x),
        [nameof(Model.OpenedBefore)] = (model, x) => model.OpenedBefore(x),
        [nameof(Model.WatchedInBranch)] = (model, x) => model.WatchedInBranch(x),
        [nameof(Model.NamedInBranch)] = (model, x) => model.NamedInBranch(x),
        [nameof(Model.UsedBefore)] = (model, x) => model.UsedBefore(x),
        [nameof(Model.UsedBeforeRecorded)] = (model, x) => model.UsedBeforeRecorded(x),
        [nameof(Model.OfVariable)] = (model, x) => model.OfVariable(x),
        [nameof(Model.ReadsVariable)] = (model, x) => model.ReadsVariable(x),
        [nameof(Model.Second)] = (model, x) => model.Second(x),
        [nameof(Model.BothWatched)] = (model, x) => model.BothWatched(x),
        [nameof(Model.BothWatchedAfter)] = (model, x) => model.BothWatchedAfter(x),
        [nameof(Model.BothSources)] = (model, x) => model.BothSources(x),
        [nameof(Model.NameWatched)] = (model, x) => model.NameWatched(x),
        [nameof(Model.NameWatchedUse)] = (model, x) => model.NameWatchedUse(x),
        [nameof(Model.NameOfRecorded)] = (model, x) => model.NameOfRecorded(x),
        [nameof(Model.Sibling)] = (model, x) => model.Sibling(x),
        [nameof(Model.EarlyReturn)] = (model, x) => model.EarlyReturn(x),
        [nameof(Model.AfterLoop)] = (model, x) => model.AfterLoop(x),
        [nameof(Model.AfterLoopOwn)] = (model, x) => model.AfterLoopOwn(x),
        [nameof(Model.AfterLoopAlone)] = (model, x) => model.AfterLoopAlone(x),
        [nameof(Model.LoopCarried)] = (model, x) => model.LoopCarried(x),
        [nameof(Model.LoopCarriedOwn)] = (model, x) => model.LoopCarriedOwn(x),
        [nameof(Model.LoopCarriedAlone)] = (model, x) => model.LoopCarriedAlone(x),
        [nameof(Model.LoopOuter)] = (model, x) => model.LoopOuter(x),
        [nameof(Model.LoopTwoCarried)] = (model, x) => model.LoopTwoCarried(x),
        [nameof(Model.LoopPassedOn)] = (model, x) => model.LoopPassedOn(x),
        [nameof(Model.LoopDifferent)] = (model, x) => model.LoopDifferent(x),
        [nameof(Model.LoopBranch)] = (model, x) => model.LoopBranch(x),
        [nameof(Model.ScanState)] = (model, x) => model.ScanState(x),
        [nameof(Model.LateWatch)] = (model, x) => model.LateWatch(x),
        [nameof(Model.LateWatchOfOperand)] = (model, x) => model.LateWatchOfOperand(x),
        [nameof(Model.AfterLoopInBranch)] = (model, x) => model.AfterLoopInBranch(x),
        [nameof(Model.LoopOfLoop)] = (model, x) => model.LoopOfLoop(x),
        [nameof(Model.LoopOfLoopOwn)] = (model, x) => model.LoopOfLoopOwn(x),
        [nameof(Model.LoopCondition)] = (model, x) => model.LoopCondition(x),
        [nameof(Model.LoopConditionOwn)] = (model, x) => model.LoopConditionOwn(x),
        [nameof(Model.LoopMerged)] = (model, x) => model.LoopMerged(x),
        [nameof(Model.LoopMergedEnd)] = (model, x) => model.LoopMergedEnd(x),
        [nameof(Model.LoopStopped)] = (model, x) => model.LoopStopped(x),
        [nameof(Model.LateWatchOfLoop)] = (model, x) => model.LateWatchOfLoop(x),
        [nameof(Model.LateWatchOfCell)] = (model, x) => model.LateWatchOfCell(x),
        [nameof(Model.UsedAhead)] = (model, x) => model.UsedAhead(x),
        [nameof(Model.StoppedName)] = (model, x) => model.StoppedName(x),
        [nameof(Model.Several)] = (model, x) => model.Several(x),
        [nameof(Model.OnDevice)] = (model, x) => model.OnDevice(x),
        [nameof(Model.TwoTapes)] = (model, x) => model.TwoTapes(x),
        [nameof(Model.AnyLength)] = (model, x) => model.AnyLength(x),
        [nameof(Model.AnyLengthBranch)] = (model, x) => model.AnyLengthBranch(x),
        [nameof(Model.AnyLengthBefore)] = (model, x) => model.AnyLengthBefore(x),
        [nameof(Model.AnyLengthName)] = (model, x) => model.AnyLengthName(x),
        [nameof(Model.AnyLengthMade)] = (model, x) => model.AnyLengthMade(x),
        [nameof(Model.AnyLengthOfLoop)] = (model, x) => model.AnyLengthOfLoop(x),
        [nameof(Model.AnyLengthCarried)] = (model, x) => model.AnyLengthCarried(x),
        [nameof(Model.AnyLengthCarriedOwn)] = (model, x) => model.AnyLengthCarriedOwn(x),
        [nameof(Model.Selected)] = (model, x) => model.Selected(x),
        [nameof(Model.Stacked)] = (model, x) => model.Stacked(x),
        [nameof(Model.Checkpointed)] = (model, x) => model.Checkpointed(x),
        [nameof(Model.OfField)] = (model, x) => model.OfField(x),
        [nameof(Model.OfFieldElse)] = (model, x) => model.OfFieldElse(x),
        [nameof(Model.OfFieldInLoop)] = (model, x) => model.OfFieldInLoop(x),
        [nameof(Model.OfFieldTwice)] = (model, x) => model.OfFieldTwice(x),
        [nameof(Model.OfFieldOwn)] = (model, x) => model.OfFieldOwn(x),
        [nameof(Model.OfFieldBefore)] = (model, x) => model.OfFieldBefore(x),
        [nameof(Model.OfLargeField)] = (model, x) => model.OfLargeField(x),
        [nameof(Model.CheckpointedParts)] = (model, x) => model.CheckpointedParts(x),
        [nameof(Model.OfFieldAlone)] = (model, x) => model.OfFieldAlone(x),
        [nameof(Model.ReadTwice)] = (model, x) => model.ReadTwice(x),
        [nameof(Model.ReadInBranch)] = (model, x) => model.ReadInBranch(x),
        [nameof(Model.Mapped)] = (model, x) => model.Mapped(x),
        [nameof(Model.Tuple)] = (model, x) => model.Tuple(x),
        [nameof(Model.Helper)] = (model, x) => model.Helper(x),
        [nameof(Model.HelperFunction)] = (model, x) => model.HelperFunction(x),
        [nameof(Model.Vector)] = (model, x) => model.Vector(x),
    };

    // What the graph can't do as C# does it, with words of the remedy.
    private static readonly Dictionary<string, string> s_refused = new(StringComparer.Ordinal)
    {
        [nameof(Model.BothSources)] = "a tensor of its own",
        [nameof(Model.NameWatched)] = "a tensor of its own",
        [nameof(Model.NameWatchedUse)] = "a tensor of its own",
        [nameof(Model.NameOfRecorded)] = "a tensor of its own",
        [nameof(Model.Sibling)] = "a tensor of its own",
        [nameof(Model.AfterLoop)] = "what a loop gives",
        [nameof(Model.AfterLoopInBranch)] = "what a loop gives",
        [nameof(Model.LoopCarried)] = "'y' or 'x'",
        [nameof(Model.LoopOuter)] = "'x' or 'y'",
        [nameof(Model.LoopTwoCarried)] = "'y' or 'z'",
        [nameof(Model.LoopPassedOn)] = "'y' or 'z'",
        [nameof(Model.LoopOfLoop)] = "'z' or 'x'",
        [nameof(Model.LoopCondition)] = "'y' or 'x'",
        [nameof(Model.LoopMerged)] = "'y' or 'x'",
        [nameof(Model.ScanState)] = "'initial' or 'x'",
        [nameof(Model.AnyLengthBefore)] = "a tensor of its own",
        [nameof(Model.AnyLengthName)] = "a tensor of its own",
        [nameof(Model.AnyLengthOfLoop)] = "a tensor of its own",
        [nameof(Model.AnyLengthCarried)] = "'w' or a tensor",
        [nameof(Model.OfField)] = "a tensor of its own",
        [nameof(Model.OfFieldElse)] = "a tensor of its own",
        [nameof(Model.OfFieldInLoop)] = "a tensor of its own",
        [nameof(Model.OfFieldTwice)] = "a tensor of its own",
        [nameof(Model.LateWatch)] = "ahead of the branch",
        [nameof(Model.LateWatchOfLoop)] = "ahead of the branch",
    };

    public static TheoryData<string> Programs => [.. s_programs.Keys.Except(s_refused.Keys)];

    public static TheoryData<string> Refused => [.. s_refused.Keys];

    [Theory]
    [MemberData(nameof(Programs))]
    public void Gradients_are_those_of_the_imperative_run(string program) => Modes.Both(() =>
    {
        var results = new List<Tensor>();
        foreach (float x in new[] { 3f, 1.5f, 0.5f })
            results.Add(s_programs[program](new Model(), x));
        return results;
    });

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_the_graph_can_not_know_is_refused(string program)
    {
        var error = Assert.Throws<GraphException>(() => Modes.Run(() => s_programs[program](new Model(), 3f), imperatively: false));
        Assert.Equal("TG4002", error.Id);
        Assert.Contains(s_refused[program], error.Message, StringComparison.Ordinal);
    }

    internal sealed partial class Model
    {
        public Variable W { get; } = new(2f);

        public Tensor Kept { get; } = 5f;

        public Tensor Large { get; } = Ops.Full([100], 5f);

        [GraphFunction]
        public Tensor Then(Tensor x)
        {
            using var tape = new GradientTape();
            var y = x * 2;
            if (x > 1)
                y = x;
            tape.Watch(x);
            return tape.Gradient(y * x, x)!;
        }

        [GraphFunction]
        public Tensor Else(Tensor x)
        {
            using var tape = new GradientTape();
            Tensor y;
            if (x > 1)
                y = x * 2;
            else
                y = x;
            tape.Watch(x);
            return tape.Gradient(y * x, x)!;
        }

        [GraphFunction]
        public Tensor MadeInBranch(Tensor x)
        {
            using var tape = new GradientTape();
            var y = x;
            var z = x;
            if (x > 1)
            {
                z = x * 2;
                y = z * x;
            }
            tape.Watch(x);
            return tape.Gradient(y * z * x, x)!;
        }

        [GraphFunction]
        public Tensor Operand(Tensor x)
        {
            var y = x > 1 ? x : x * x;
            using var tape = new GradientTape();
            tape.Watch(x);
            return tape.Gradient(y * y * x, x)!;
        }

        [GraphFunction]
        public Tensor SwitchArm(Tensor x)
        {
            var y = (x > 1) switch { var c when c => x, _ => x * 3 };
            using var tape = new GradientTape();
            tape.Watch(x);
            return tape.Gradient(y * y * x, x)!;
        }

        [GraphFunction]
        public Tensor SwitchStatement(Tensor x)
        {
            var y = x * 2;
            switch (Ops.Cast(x, DType.I32))
            {
                case var i when i == 3:
                    y = x;
                    break;
                case var i when i == 1:
                    y = x * 7;
                    break;
                default:
                    y = x;
                    break;
            }
            using var tape = new GradientTape();
            tape.Watch(x);
            return tape.Gradient(y * y * x, x)!;
        }

        [GraphFunction]
        public Tensor Nested(Tensor x)
        {
            var y = x * 2;
            if (x > 1)
            {
                var z = x * x;
                if (z > 5)
                    y = x;
                else
                    y = z * x;
            }
            using var tape = new GradientTape();
            tape.Watch(x);
            return tape.Gradient(y * y * x, x)!;
        }

        [GraphFunction]
        public Tensor Twice(Tensor x)
        {
            var y = x * 2;
            if (x > 1)
                y = x;
            var z = y * 3;
            if (x < 2)
                z = y;
            using var tape = new GradientTape();
            tape.Watch(x);
            return tape.Gradient(z * y * x, x)!;
        }

        [GraphFunction]
        public Tensor OpenedBefore(Tensor x)
        {
            var y = x * 2;
            if (x > 1)
                y = x;
            var u = y * W;
            using var tape = new GradientTape();
            tape.Watch(x);
            return tape.Gradient(y * y * u * x, x)!;
        }

        [GraphFunction]
        public Tensor WatchedInBranch(Tensor x)
        {
            var y = x * 2;
            if (x > 1)
                y = x;
            var g = x;
            using var tape = new GradientTape();
            if (x < 2)
            {
                tape.Watch(x);
                g = tape.Gradient(y * y * x, x)!;
            }
            return g;
        }

        [GraphFunction]
        public Tensor NamedInBranch(Tensor x)
        {
            var g = x;
            if (x > 0)
            {
                var y = x * 2;
                if (x > 1)
                    y = x;
                using var tape = new GradientTape();
                tape.Watch(x);
                g = tape.Gradient(y * y * x, x)!;
            }
            return g;
        }

        [GraphFunction]
        public Tensor UsedBefore(Tensor x)
        {
            using var tape = new GradientTape();
            var y = x * 2;
            if (x > 1)
                y = x;
            var unseen = y * 5;
            tape.Watch(x);
            return tape.Gradient(unseen * y * x, x)!;
        }

        [GraphFunction]
        public Tensor UsedBeforeRecorded(Tensor x)
        {
            using var tape = new GradientTape();
            var y = x * 2;
            if (x > 1)
                y = x;
            var seen = y * W * x;
            tape.Watch(x);
            return tape.Gradient(seen * y, x)!;
        }

        [GraphFunction]
        public Tensor OfVariable(Tensor x)
        {
            using var tape = new GradientTape();
            var y = x * 2;
            if (x > 1)
                y = x;
            tape.Watch(x);
            return tape.Gradient(y * x * W, W)! + W * 2;
        }

        [GraphFunction]
        public Tensor ReadsVariable(Tensor x)
        {
            using var tape = new GradientTape(watchVariables: false);
            var y = x * 2;
            if (x > 1)
            {
                y = x * W;
                if (W * x > 4)
                    y = x;
            }
            W.Assign(0f);
            tape.Watch(x);
            return tape.Gradient(y * y * x, x)!;
        }

        [GraphFunction]
        public Tensor Second(Tensor x)
        {
            using var tape = new GradientTape(persistent: true);
            var y = x * 2;
            if (x > 1)
                y = x;
            tape.Watch(x);
            var g = tape.Gradient(y * y * x, x)!;
            return tape.Gradient(g * y, x) ?? 0f;
        }

        [GraphFunction]
        public Tensor BothWatched(Tensor x)
        {
            using var tape = new GradientTape();
            var y = x * 2;
            if (x > 1)
                y = x;
            tape.Watch(x);
            tape.Watch(y);
            return tape.Gradient(y * y * x, x)!;
        }

        [GraphFunction]
        public Tensor BothWatchedAfter(Tensor x)
        {
            using var tape = new GradientTape();
            var y = x * 2;
            if (x > 1)
                y = x;
            tape.Watch(y);
            tape.Watch(x);
            return tape.Gradient(y * y * x, x)!;
        }

        [GraphFunction]
        public Tensor BothSources(Tensor x)
        {
            using var tape = new GradientTape();
            var y = x * 2;
            if (x > 1)
                y = x;
            tape.Watch(y);
            tape.Watch(x);
            var g = tape.Gradient(y * y * x, [x, y]);
            return g[0]! + g[1]! * 10;
        }

        [GraphFunction]
        public Tensor NameWatched(Tensor x)
        {
            using var tape = new GradientTape();
            var y = x * 2;
            if (x > 1)
                y = x;
            tape.Watch(y);
            return tape.Gradient(y * x, y)!;
        }

        [GraphFunction]
        public Tensor NameWatchedUse(Tensor x)
        {
            using var tape = new GradientTape();
            var y = x * 2;
            if (x > 1)
                y = x;
            tape.Watch(y);
            var u = x * 3;
            return tape.Gradient(y * u, y)!;
        }

        [GraphFunction]
        public Tensor NameOfRecorded(Tensor x)
        {
            using var tape = new GradientTape();
            var y = x;
            if (x > 1)
                y = x * W;
            tape.Watch(y);
            var u = x * 3;
            return tape.Gradient(y * u, y)!;
        }

        [GraphFunction]
        public Tensor Sibling(Tensor x)
        {
            using var tape = new GradientTape();
            Tensor y = x * 2, z = x * 3;
            if (x > 1)
            {
                y = x * 5;
                z = y;
            }
            tape.Watch(y);
            var u = z * 3;
            return tape.Gradient(y * u, y)!;
        }

        [GraphFunction]
        public Tensor EarlyReturn(Tensor x)
        {
            var y = x * 2;
            if (x < 1)
                return y;
            if (x > 2)
                y = x;
            using var tape = new GradientTape();
            tape.Watch(x);
            if (y > 100)
                return y;
            return tape.Gradient(y * x, x)!;
        }

        [GraphFunction]
        public Tensor AfterLoop(Tensor x)
        {
            var y = x;
            while (y > 2)
                y = y * 0.5f;
            using var tape = new GradientTape();
            tape.Watch(x);
            return tape.Gradient(y * x, x)!;
        }

        [GraphFunction]
        public Tensor AfterLoopOwn(Tensor x)
        {
            var y = x * 1;
            while (y > 2)
                y = y * 0.5f;
            using var tape = new GradientTape();
            tape.Watch(x);
            return tape.Gradient(y * x, x)!;
        }

        [GraphFunction]
        public Tensor AfterLoopAlone(Tensor x)
        {
            var y = x;
            while (y > 2)
                y = y * 0.5f;
            using var tape = new GradientTape();
            tape.Watch(x);
            return tape.Gradient(x * x, x)! + y;
        }

        [GraphFunction]
        public Tensor LoopCarried(Tensor x)
        {
            var y = x;
            Tensor sum = 0f;
            for (Tensor i = 0f; i < 3; i += 1)
            {
                using var tape = new GradientTape();
                tape.Watch(y);
                var g = tape.Gradient(y * x, y)!;
                sum += g;
                y = y + g;
            }
            return sum;
        }

        [GraphFunction]
        public Tensor LoopCarriedOwn(Tensor x)
        {
            var y = x * 1;
            Tensor sum = 0f;
            for (Tensor i = 0f; i < 3; i += 1)
            {
                using var tape = new GradientTape();
                tape.Watch(y);
                var g = tape.Gradient(y * x, y)!;
                sum += g;
                y = y + g;
            }
            return sum;
        }

        [GraphFunction]
        public Tensor LoopCarriedAlone(Tensor x)
        {
            var y = x;
            for (Tensor i = 0f; i < 3; i += 1)
            {
                using var tape = new GradientTape();
                tape.Watch(y);
                var g = tape.Gradient(y * y, y)!;
                y = Ops.Min(y + g, x * 2);
            }
            return y;
        }

        [GraphFunction]
        public Tensor LoopOuter(Tensor x)
        {
            var y = x;
            Tensor sum = 0f;
            for (Tensor i = 0f; i < 3; i += 1)
            {
                using var tape = new GradientTape();
                tape.Watch(x);
                sum += tape.Gradient(y * y * x, x)!;
                y = y * 2;
            }
            return sum;
        }

        [GraphFunction]
        public Tensor LoopTwoCarried(Tensor x)
        {
            Tensor y = x * 2, z = y;
            Tensor sum = 0f;
            for (Tensor i = 0f; i < 3; i += 1)
            {
                using var tape = new GradientTape();
                tape.Watch(y);
                sum += tape.Gradient(y * z * z, y)!;
                y = y * 2;
                z = z * 3;
            }
            return sum;
        }

        [GraphFunction]
        public Tensor LoopPassedOn(Tensor x)
        {
            Tensor y = x * 2, z = x * 3;
            Tensor sum = 0f;
            for (Tensor i = 0f; i < 3; i += 1)
            {
                using var tape = new GradientTape();
                tape.Watch(y);
                sum += tape.Gradient(y * z * z, y)!;
                z = y;
                if (x > 1)
                    y = y * 2;
            }
            return sum;
        }

        [GraphFunction]
        public Tensor LoopDifferent(Tensor x)
        {
            Tensor y = x * 2, z = x * 3;
            Tensor sum = 0f;
            for (Tensor i = 0f; i < 3; i += 1)
            {
                using var tape = new GradientTape();
                tape.Watch(y);
                sum += tape.Gradient(y * z * z * x, y)!;
                z = y;
                y = y * 2;
            }
            return sum;
        }

        [GraphFunction]
        public Tensor LoopBranch(Tensor x)
        {
            Tensor sum = 0f;
            for (Tensor i = 0f; i < 3; i += 1)
            {
                var v = x * i;
                var y = v * 2;
                if (i > 1)
                    y = v;
                using var tape = new GradientTape();
                tape.Watch(v);
                sum += tape.Gradient(y * y * v, v)!;
            }
            return sum;
        }

        [GraphFunction]
        public Tensor ScanState(Tensor x)
        {
            var (_, outputs) = Ops.Scan(x, Ops.Iota(3, DType.F32), (state, item) =>
            {
                using var tape = new GradientTape();
                tape.Watch(state);
                var g = tape.Gradient(state * x * item, state)!;
                return (state + g, g);
            });
            return outputs;
        }

        [GraphFunction]
        public Tensor LateWatch(Tensor x)
        {
            using var tape = new GradientTape();
            Tensor y = W * 1;
            if (x > 1)
                y = x * 2;
            tape.Watch(x);
            return tape.Gradient(y * x, x)!;
        }

        [GraphFunction]
        public Tensor LateWatchOfOperand(Tensor x)
        {
            using var tape = new GradientTape();
            Tensor y = x;
            if (x > 1)
                y = x * W;
            tape.Watch(x);
            return tape.Gradient(y * x, x)!;
        }

        [GraphFunction]
        public Tensor Helper(Tensor x)
        {
            var y = Same(x);
            using var tape = new GradientTape();
            tape.Watch(x);
            return tape.Gradient(y * x, x)!;
        }

        [GraphFunction]
        public Tensor HelperFunction(Tensor x)
        {
            var y = SameFunction(x);
            using var tape = new GradientTape();
            tape.Watch(x);
            return tape.Gradient(y * x, x)!;
        }

        [GraphFunction]
        public Tensor Vector(Tensor x)
        {
            var v = Ops.Stack([x, x * 2]);
            var y = Ops.Stack([x * 3, x]);
            if (v.Sum() > 4)
                y = v;
            using var tape = new GradientTape();
            tape.Watch(v);
            return tape.Gradient((y * v).Sum(), v)!;
        }

        [GraphFunction]
        public Tensor AfterLoopInBranch(Tensor x)
        {
            var y = x * 2;
            if (x > 1)
            {
                y = x;
                while (y > 2)
                    y = y * 0.5f;
            }
            using var tape = new GradientTape();
            tape.Watch(x);
            return tape.Gradient(y * x, x)!;
        }

        [GraphFunction]
        public Tensor LoopOfLoop(Tensor x)
        {
            var y = x;
            Tensor sum = 0f;
            for (Tensor i = 0f; i < 2; i += 1)
            {
                var z = y;
                for (Tensor j = 0f; j < 2; j += 1)
                {
                    using var tape = new GradientTape();
                    tape.Watch(z);
                    sum += tape.Gradient(z * z * x, z)!;
                    z = z * 2;
                }
                y = y * 3;
            }
            return sum;
        }

        [GraphFunction]
        public Tensor LoopOfLoopOwn(Tensor x)
        {
            var y = x * 1;
            Tensor sum = 0f;
            for (Tensor i = 0f; i < 2; i += 1)
            {
                var z = y * 1;
                for (Tensor j = 0f; j < 2; j += 1)
                {
                    using var tape = new GradientTape();
                    tape.Watch(z);
                    sum += tape.Gradient(z * y * x, z)!;
                    z = z * 2;
                }
                y = y * 3;
            }
            return sum;
        }

        [GraphFunction]
        public Tensor LoopCondition(Tensor x)
        {
            var y = x;
            Tensor steps = 0f;
            while (Slope(y, x) < 50)
            {
                y = y * 2;
                steps += 1;
            }
            return steps * y;
        }

        [GraphFunction]
        public Tensor LoopConditionOwn(Tensor x)
        {
            var y = x * 1;
            Tensor steps = 0f;
            while (Slope(y, x) < 50)
            {
                y = y * 2;
                steps += 1;
            }
            return steps * y;
        }

        [GraphFunction]
        public Tensor LoopMerged(Tensor x)
        {
            var y = x * 2;
            Tensor sum = 0f;
            for (Tensor i = 0f; i < 3; i += 1)
            {
                using var tape = new GradientTape();
                tape.Watch(y);
                sum += tape.Gradient(y * y * x, y)!;
                y = y * 2;
                if (x > 1)
                    y = x;
            }
            return sum;
        }

        [GraphFunction]
        public Tensor LoopMergedEnd(Tensor x)
        {
            var y = x * 2;
            Tensor sum = 0f;
            for (Tensor i = 0f; i < 3; i += 1)
            {
                var z = x * y;
                if (x > 1)
                    z = x * i;
                using var tape = new GradientTape();
                tape.Watch(y);
                sum += tape.Gradient(y * y * z, y)!;
                y = z;
            }
            return sum;
        }

        [GraphFunction]
        public Tensor LoopStopped(Tensor x)
        {
            var y = x;
            Tensor sum = 0f;
            for (Tensor i = 0f; i < 3; i += 1)
            {
                using var tape = new GradientTape();
                tape.Watch(y);
                sum += tape.Gradient(y * y * Ops.StopGradient(x), y)!;
                y = y * 2;
            }
            return sum;
        }

        [GraphFunction]
        public Tensor LateWatchOfLoop(Tensor x)
        {
            using var tape = new GradientTape();
            Tensor y = W * 1;
            for (Tensor i = 0f; i < 2; i += 1)
                y = y + x * x;
            tape.Watch(x);
            return tape.Gradient(y * x, x)!;
        }

        [GraphFunction]
        public Tensor LateWatchOfCell(Tensor x)
        {
            using var tape = new GradientTape();
            Tensor y = W * 1;
            for (Tensor i = 0f; i < 2; i += 1)
                y = y * x + W;
            tape.Watch(x);
            return tape.Gradient(y * x, x)!;
        }

        [GraphFunction]
        public Tensor UsedAhead(Tensor x)
        {
            using var tape = new GradientTape();
            var y = x * 2;
            if (x > 1)
                y = x;
            var u = x * 3;
            tape.Watch(y);
            return tape.Gradient(y * u, y)!;
        }

        [GraphFunction]
        public Tensor StoppedName(Tensor x)
        {
            using var tape = new GradientTape();
            var y = x * 2;
            if (x > 1)
                y = x;
            tape.Watch(y);
            return tape.Gradient(y * y * Ops.StopGradient(x), y)!;
        }

        [GraphFunction]
        public Tensor Several(Tensor x)
        {
            Tensor a = x * 2, b = x * 3, y = a, z = b;
            if (x > 1)
            {
                y = b;
                z = a;
            }
            if (x > 2)
                z = y;
            using var tape = new GradientTape();
            tape.Watch(b);
            var u = y * z;
            tape.Watch(a);
            var g = tape.Gradient(u * y * z * z * a, [a, b]);
            return g[0]! + (g[1] ?? 0f) * 1000;
        }

        [GraphFunction]
        public Tensor OnDevice(Tensor x)
        {
            var y = Ops.OnDevice(Device.Current, () => x);
            using var tape = new GradientTape();
            tape.Watch(x);
            return tape.Gradient(y * y * x, x)!;
        }

        [GraphFunction]
        public Tensor TwoTapes(Tensor x)
        {
            using var outer = new GradientTape();
            var y = x * 2;
            if (x > 1)
                y = x;
            outer.Watch(x);
            var z = y * x;
            if (x > 2)
                z = y;
            using var inner = new GradientTape();
            inner.Watch(x);
            var g = inner.Gradient(z * y * y * x, x)!;
            return outer.Gradient(g * z, x)!;
        }

        [GraphFunction]
        public Tensor AnyLength(Tensor x)
        {
            var v = Ops.Stack([x, x * x]);
            var w = Ops.AnyLength(v);
            using var tape = new GradientTape();
            tape.Watch(v);
            return tape.Gradient((w * w * v).Sum(), v)!;
        }

        [GraphFunction]
        public Tensor AnyLengthBranch(Tensor x)
        {
            var v = Ops.Stack([x, x * x]);
            var w = Ops.AnyLength(v);
            if (x > 1)
                w = Ops.Concat([w, w]);
            using var tape = new GradientTape();
            tape.Watch(v);
            return tape.Gradient((w * w).Sum() * v.Sum(), v)!;
        }

        [GraphFunction]
        public Tensor AnyLengthBefore(Tensor x)
        {
            using var tape = new GradientTape();
            tape.Watch(x);
            var w = Ops.AnyLength(Ops.Stack([x, x * x]));
            var z = (w * w).Sum();
            if (x > 1)
                w = Ops.Concat([w, w]);
            return (tape.Gradient(z, w) ?? 100f).Sum();
        }

        [GraphFunction]
        public Tensor AnyLengthName(Tensor x)
        {
            using var tape = new GradientTape();
            var v = Ops.Stack([x, x * x]);
            var w = Ops.AnyLength(v);
            tape.Watch(w);
            return tape.Gradient((w * w * v).Sum(), w)!;
        }

        [GraphFunction]
        public Tensor AnyLengthMade(Tensor x)
        {
            using var tape = new GradientTape();
            tape.Watch(x);
            var w = Ops.AnyLength(Ops.Stack([x, x * x]));
            if (x > 1)
                w = Ops.Concat([w, w]);
            return tape.Gradient((w * w).Sum(), w)!.Sum();
        }

        [GraphFunction]
        public Tensor AnyLengthOfLoop(Tensor x)
        {
            using var tape = new GradientTape();
            tape.Watch(x);
            var w = Ops.AnyLength(Ops.Stack([x, x * x]));
            var z = (w * w).Sum();
            for (Tensor i = 0f; i < x; i += 1)
                w = Ops.Concat([w, Ops.Stack([i])]);
            return (tape.Gradient(z, w) ?? 100f).Sum();
        }

        [GraphFunction]
        public Tensor AnyLengthCarried(Tensor x)
        {
            var v = Ops.Stack([x, x * x]);
            var w = Ops.AnyLength(v);
            Tensor sum = 0f;
            for (Tensor i = 0f; i < x; i += 1)
            {
                using var tape = new GradientTape();
                tape.Watch(w);
                sum += tape.Gradient((w * w).Sum() * v.Sum(), w)!.Sum();
                w = Ops.Concat([w, Ops.Stack([i])]);
            }
            return sum;
        }

        [GraphFunction]
        public Tensor AnyLengthCarriedOwn(Tensor x)
        {
            var v = Ops.Stack([x, x * x]);
            var w = Ops.AnyLength(v * 1);
            Tensor sum = 0f;
            for (Tensor i = 0f; i < x; i += 1)
            {
                using var tape = new GradientTape();
                tape.Watch(w);
                sum += tape.Gradient((w * w).Sum() * v.Sum(), w)!.Sum();
                w = Ops.Concat([w, Ops.Stack([i])]);
            }
            return sum;
        }

        [GraphFunction]
        public Tensor Selected(Tensor x)
        {
            var v = Ops.Stack([x, x * x, 1f]);
            var w = v;
            if (x > 1)
                w = v[v > 1];
            using var tape = new GradientTape();
            tape.Watch(v);
            return tape.Gradient(w.Sum() * v.Sum() * w.Sum(), v)!;
        }

        [GraphFunction]
        public Tensor Stacked(Tensor x)
        {
            var array = new TensorArray();
            for (Tensor i = 0f; i < x; i += 1)
                array.Add(x * i);
            using var tape = new GradientTape();
            var v = array.Stack();
            tape.Watch(v);
            return tape.Gradient((v * v * array.Stack()).Sum() * array[0], v)!;
        }

        [GraphFunction]
        public Tensor Checkpointed(Tensor x)
        {
            var y = Ops.Checkpoint(() => x);
            using var tape = new GradientTape();
            tape.Watch(x);
            return tape.Gradient(y * x, x)!;
        }

        [GraphFunction]
        public Tensor OfField(Tensor x)
        {
            var y = x * 2;
            if (x > 1)
                y = Kept;
            using var tape = new GradientTape();
            tape.Watch(Kept);
            return tape.Gradient(y * Kept * x, Kept)!;
        }

        [GraphFunction]
        public Tensor OfFieldElse(Tensor x)
        {
            var y = Kept;
            if (x > 1)
                y = x * 2;
            using var tape = new GradientTape();
            tape.Watch(Kept);
            return tape.Gradient(y * Kept * x, Kept)!;
        }

        [GraphFunction]
        public Tensor OfFieldInLoop(Tensor x)
        {
            var y = Kept;
            for (Tensor i = 0f; i < x - 1; i += 1)
                y = y * 2;
            using var tape = new GradientTape();
            tape.Watch(Kept);
            return tape.Gradient(y * Kept * x, Kept)!;
        }

        [GraphFunction]
        public Tensor OfFieldTwice(Tensor x)
        {
            Tensor y = x * 2, other = 5f;
            if (x > 1)
                y = other;
            using var tape = new GradientTape();
            tape.Watch(Kept);
            return tape.Gradient(y * Kept * x, Kept)!;
        }

        [GraphFunction]
        public Tensor OfFieldOwn(Tensor x)
        {
            var y = x * 2;
            if (x > 1)
                y = Kept;
            y = y * 1;
            using var tape = new GradientTape();
            tape.Watch(Kept);
            return tape.Gradient(y * Kept * x, Kept)!;
        }

        [GraphFunction]
        public Tensor OfFieldBefore(Tensor x)
        {
            using var tape = new GradientTape();
            tape.Watch(Kept);
            var y = x * 2;
            if (x > 1)
                y = Kept;
            return tape.Gradient(y * Kept * x, Kept)!;
        }

        [GraphFunction]
        public Tensor OfLargeField(Tensor x)
        {
            var y = x * Ops.Ones(100);
            if (x > 1)
                y = Large;
            using var tape = new GradientTape();
            tape.Watch(Large);
            return tape.Gradient((y * Large * x).Sum(), Large)!.Sum();
        }

        [GraphFunction]
        public Tensor CheckpointedParts(Tensor x)
        {
            using var tape = new GradientTape();
            var (y, z) = Ops.Checkpoint(() => (x * W, x * W * 3));
            var g = tape.Gradient(z * y, y);
            return g ?? 100f;
        }

        [GraphFunction]
        public Tensor OfFieldAlone(Tensor x)
        {
            var y = x * Kept;
            if (x > 1)
                y = Kept * 3;
            using var tape = new GradientTape();
            tape.Watch(Kept);
            return tape.Gradient(y * Kept * x, Kept)!;
        }

        [GraphFunction]
        public Tensor ReadTwice(Tensor x)
        {
            Tensor a = W.Value, b = W.Value;
            using var tape = new GradientTape(watchVariables: false);
            tape.Watch(a);
            return tape.Gradient(a * b * x, a)!;
        }

        [GraphFunction]
        public Tensor ReadInBranch(Tensor x)
        {
            Tensor a = W.Value, b = x;
            if (x > 1)
                b = W.Value;
            using var tape = new GradientTape(watchVariables: false);
            tape.Watch(a);
            return tape.Gradient(a * b * x, a)!;
        }

        [GraphFunction]
        public Tensor Mapped(Tensor x)
        {
            var y = Ops.Map(Ops.Stack([x, x]), row => row > 1 ? row : row * 2);
            using var tape = new GradientTape();
            tape.Watch(x);
            return tape.Gradient(y.Sum() * x, x)!;
        }

        [GraphFunction]
        public Tensor Tuple(Tensor x)
        {
            var (a, b) = (x * 2, x * 3);
            var pair = (a, b);
            if (x > 1)
                pair = (b, x);
            using var tape = new GradientTape();
            tape.Watch(x);
            return tape.Gradient(pair.Item1 * pair.Item2 * x, x)!;
        }

        private static Tensor Slope(Tensor y, Tensor x)
        {
            using var tape = new GradientTape();
            tape.Watch(y);
            return tape.Gradient(y * y * x, y)!;
        }

        private static Tensor Same(Tensor x)
        {
            if (x > 1)
                return x;
            return x * 2;
        }

        [GraphFunction]
        public Tensor SameFunction(Tensor x)
        {
            if (x > 1)
                return x;
            return x * 2;
        }
    }
}
