namespace TensorGraph.Tests;

/// <summary>Tapes that are opened before a jump or branch which a tensor decides, and used after or in it.</summary>
public sealed partial class TapeJumpTests
{
    public static TheoryData<string> Programs => [.. s_programs.Keys];

    private static readonly Dictionary<string, Func<Model, Tensor, Tensor>> s_programs = new(StringComparer.Ordinal)
    {
        [nameof(Model.EarlyStop)] = (model, x) => model.EarlyStop(x),
        [nameof(Model.SkippedSteps)] = (model, x) => model.SkippedSteps(x),
        [nameof(Model.Return)] = (model, x) => model.Return(x),
        [nameof(Model.Closed)] = (model, x) => model.Closed(x),
        [nameof(Model.ClosedAfterJump)] = (model, x) => model.ClosedAfterJump(x),
        [nameof(Model.WatchedAfterJump)] = (model, x) => model.WatchedAfterJump(x),
        [nameof(Model.Persistent)] = (model, x) => model.Persistent(x),
        [nameof(Model.BothBranches)] = (model, x) => model.BothBranches(x),
        [nameof(Model.Operands)] = (model, x) => model.Operands(x),
        [nameof(Model.Second)] = (model, x) => model.Second(x),
        [nameof(Model.AroundBranches)] = (model, x) => model.AroundBranches(x),
        [nameof(Model.AssignedLoop)] = (model, x) => model.AssignedLoop(x),
        [nameof(Model.AssignedVariable)] = (model, x) => model.AssignedVariable(x),
        [nameof(Model.Helper)] = (model, x) => model.Helper(x),
    };

    [Theory]
    [MemberData(nameof(Programs))]
    public void Gradients_are_those_of_the_imperative_run(string program) => Modes.Both(() =>
    {
        var results = new List<Tensor>();
        foreach (float x in new[] { 5f, 3f, 0.1f, 1f })
        {
            var model = new Model();
            results.Add(s_programs[program](model, x));
            results.Add(model.W.Value);
        }
        return results;
    });

    [Fact]
    public void A_tape_gives_one_gradient_in_a_branch_or_after_it()
    {
        Modes.Fails("TG4002", () => new Model().UsedInAndAfter(5f), "already used");
        Modes.Fails("TG4002", () => new Model().UsedTwice(5f), "already used");
        Assert.Equal("TG4003", Assert.Throws<GraphException>(() => Modes.Run(() => new Model().WatchedInBranchOnly(5f), imperatively: true)).Id);
        var traced = Assert.Throws<GraphException>(() => Modes.Run(() => new Model().WatchedInBranchOnly(5f), imperatively: false));
        Assert.Contains("watched in a branch", traced.Message, StringComparison.Ordinal);
        Modes.Fails("TG4002", () => new Model().LaterTape(5f), "opened after this one was closed");
    }

    internal sealed partial class Model
    {
        public Variable W { get; } = new(2f);

        [GraphFunction]
        public Tensor EarlyStop(Tensor x)
        {
            Tensor steps = 0f;
            while (true)
            {
                using var tape = new GradientTape();
                var loss = W.Value * W.Value;
                if (loss < 0.5)
                    break;
                W.AssignSub(tape.Gradient(loss, W)! * 0.1f * x);
                steps += 1;
            }
            return steps;
        }

        [GraphFunction]
        public Tensor SkippedSteps(Tensor x)
        {
            Tensor sum = 0f;
            for (Tensor i = 0f; i < 6; i += 1)
            {
                using var tape = new GradientTape();
                var loss = W.Value * i * x;
                if (i == 1)
                    continue;
                loss *= loss;
                if (loss > 30)
                    break;
                var gradient = tape.Gradient(loss, W)!;
                if (Ops.IsNan(gradient))
                    continue;
                W.AssignSub(gradient * 0.01f);
                sum += loss;
            }
            return sum;
        }

        [GraphFunction]
        public Tensor Return(Tensor x)
        {
            using var tape = new GradientTape();
            tape.Watch(x);
            var loss = x * x * W;
            if (loss < 1)
                return loss;
            var more = loss * loss + Ops.Exp(x * W / 10);
            if (more > 1000000)
                return more;
            more += x;
            return tape.Gradient(more, x)!;
        }

        [GraphFunction]
        public Tensor Closed(Tensor x)
        {
            GradientTape tape;
            Tensor loss;
            using (tape = new GradientTape())
            {
                tape.Watch(x);
                loss = x * x * W;
            }
            if (loss < 1)
                return loss;
            return tape.Gradient(loss, x)!;
        }

        [GraphFunction]
        public Tensor ClosedAfterJump(Tensor x)
        {
            var tape = new GradientTape();
            tape.Watch(x);
            var loss = x * x;
            if (x < 1)
                return loss;
            loss *= x;
            tape.Dispose();
            var unseen = loss * x;
            return tape.Gradient(loss, x)! + unseen;
        }

        [GraphFunction]
        public Tensor WatchedAfterJump(Tensor x)
        {
            using var tape = new GradientTape();
            if (x < 1)
                return x;
            var y = x * 2;
            var unseen = y * y;
            tape.Watch(y);
            return tape.Gradient(y * y * W + unseen, y)!;
        }

        [GraphFunction]
        public Tensor Persistent(Tensor x)
        {
            using var tape = new GradientTape(persistent: true);
            tape.Watch(x);
            var loss = x * x * W;
            Tensor gradient = x;
            if (loss > 1)
                gradient = tape.Gradient(loss, x)! * 2;
            return gradient + tape.Gradient(gradient * loss, x)!;
        }

        [GraphFunction]
        public Tensor BothBranches(Tensor x)
        {
            using var tape = new GradientTape();
            tape.Watch(x);
            var loss = x * x * W;
            Tensor gradient;
            if (loss < 1)
            {
                gradient = tape.Gradient(loss, x)! * 2;
            }
            else
            {
                loss *= x;
                gradient = tape.Gradient(loss, x)!;
            }
            return gradient;
        }

        [GraphFunction]
        public Tensor Operands(Tensor x)
        {
            using var tape = new GradientTape();
            tape.Watch(x);
            var loss = x * x * W;
            return loss > 1 ? tape.Gradient(loss * loss, x)! : tape.Gradient(loss, x)! * 3;
        }

        [GraphFunction]
        public Tensor Second(Tensor x)
        {
            using var outer = new GradientTape();
            outer.Watch(x);
            using var inner = new GradientTape();
            inner.Watch(x);
            var loss = x * x * x * W;
            if (loss < 1)
                return loss;
            loss *= x;
            if (x > 4)
                return outer.Gradient(inner.Gradient(loss * loss, x)! * x, x)!;
            return outer.Gradient(inner.Gradient(loss + W * x, x)!, x)!;
        }

        [GraphFunction]
        public Tensor AroundBranches(Tensor x)
        {
            using var outer = new GradientTape();
            outer.Watch(x);
            Tensor gradient;
            using (var inner = new GradientTape())
            {
                inner.Watch(x);
                var loss = x * x * W;
                for (Tensor i = 0; i < 2; i++)
                    loss *= W * x;
                if (loss > 1)
                {
                    for (Tensor i = 0; i < 2; i++)
                        loss *= W * x;
                    gradient = inner.Gradient(loss, x)!;
                }
                else
                {
                    gradient = loss * 2;
                }
            }
            return outer.Gradient(gradient, x)!;
        }

        [GraphFunction]
        public Tensor AssignedLoop(Tensor x)
        {
            using var tape = new GradientTape();
            tape.Watch(x);
            var loss = x * x * W;
            if (loss < 1)
                return loss;
            for (Tensor i = 0; i < 3; i++)
            {
                W.Assign(W * 0.5f);
                loss *= W * x;
            }
            return tape.Gradient(loss, x)!;
        }

        [GraphFunction]
        public Tensor AssignedVariable(Tensor x)
        {
            using var tape = new GradientTape();
            var loss = x * W;
            if (loss < 1)
                return loss;
            W.Assign(W * 3);
            return tape.Gradient(loss * W, W)!;
        }

        [GraphFunction]
        public Tensor Helper(Tensor x)
        {
            using var tape = new GradientTape();
            tape.Watch(x);
            var loss = x * x * W;
            if (loss < 1)
                return loss;
            return Taken(tape, loss * loss, x);
        }

        [GraphFunction]
        public Tensor UsedInAndAfter(Tensor x)
        {
            using var tape = new GradientTape();
            tape.Watch(x);
            var loss = x * x * W;
            Tensor gradient = 0f;
            if (x > 0)
            {
                if (loss > 1)
                    gradient = tape.Gradient(loss, x)!;
                gradient += tape.Gradient(loss, x)!;
            }
            return gradient;
        }

        [GraphFunction]
        public Tensor UsedTwice(Tensor x)
        {
            using var tape = new GradientTape();
            tape.Watch(x);
            var loss = x * x * W;
            if (loss < 1)
                return loss;
            return tape.Gradient(loss, x)! + tape.Gradient(loss, x)!;
        }

        [GraphFunction]
        public Tensor WatchedInBranchOnly(Tensor x)
        {
            using var tape = new GradientTape();
            Tensor result = 0f;
            if (x < 1)
            {
                tape.Watch(x);
                result = x;
            }
            return tape.Gradient(x * x, x)! + result;
        }

        [GraphFunction]
        public Tensor LaterTape(Tensor x)
        {
            GradientTape first;
            Tensor loss;
            using (first = new GradientTape())
            {
                first.Watch(x);
                loss = x * x * x;
            }
            using var second = new GradientTape();
            second.Watch(x);
            if (x < 1)
                return x;
            return second.Gradient(first.Gradient(loss, x)!, x)!;
        }

        private static Tensor Taken(GradientTape tape, Tensor loss, Tensor x)
        {
            if (loss > 3)
                return tape.Gradient(loss, x)!;
            return tape.Gradient(loss * x, x)!;
        }
    }
}
