namespace TensorGraph.Tests.Front;

using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch.nn;

/// <summary>Steps of training in other shapes of control flow, with schedules, buffers and lambdas, on other devices and threads.</summary>
public sealed partial class GradientFlowTests
{
    public static TheoryData<string> Programs() =>
        ["left", "endless", "walked", "skipped", "lambda", "local", "virtual", "schedule", "norm", "scaled", "outer", "clipped", "caught", "chosen", "frozen", "two", "value", "baseline"];

    [TorchTheory]
    [MemberData(nameof(Programs))]
    public void Steps_are_those_of_TorchSharp(string kind) => Check(kind);

    [TorchTheory]
    [InlineData("interpreter")]
    [InlineData("torch:cpu")]
    [InlineData("torch:nodes")]
    public void Steps_are_the_same_on_other_devices(string name)
    {
        using IDisposable device = Device.Use(Devices.Find(name)!);
        foreach (string kind in new[] { "left", "schedule", "scaled", "two" }) Check(kind);
    }

    // The gradient of an iteration would go on into what is around the loop, by way of the value that the loop carries.
    [TorchTheory]
    [InlineData("given at the end")]
    [InlineData("given two blocks out")]
    public void A_value_that_a_loop_carries_is_refused_where_it_leads_to_parameters(string kind)
    {
        using var scope = torch.NewDisposeScope();
        var program = new Program();
        Assert.NotNull(program.All);
        Expect.Error(DiagnosticIds.BadGradientTarget, () => program.Step(torch.ones(2, 3), kind), ["carries"]);
    }

    [TorchFact]
    public void Threads_train_models_of_their_own_in_loops()
    {
        double[] expected = Losses();
        Task<double[]>[] tasks = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(Losses))];
        foreach (Task<double[]> task in tasks) Assert.Equal(expected, task.Result);

        static double[] Losses()
        {
            using var scope = torch.NewDisposeScope();
            var program = new Program();
            using (torch.no_grad())
            {
                foreach (Parameter p in program.All.parameters()) p.fill_(0.3f);
            }
            return [.. Enumerable.Range(0, 20).Select(i => program.Step(torch.ones(2, 3) * (i % 3), i % 2 == 0 ? "left" : "scaled").item<float>()).Select(v => (double)v)];
        }
    }

    private static void Check(string kind)
    {
        using var scope = torch.NewDisposeScope();
        List<torch.Tensor>[] found = [[], []];
        for (int mode = 0; mode < 2; mode++)
        {
            using var options = (TensorGraphOptions.Current with { RunImperatively = mode == 0 }).Use();
            torch.manual_seed(1);
            var program = new Program();
            for (int i = 0; i < 5; i++)
            {
                torch.Tensor x = torch.linspace(-1, 1, 6).reshape(2, 3) * (i % 3 == 1 ? -2 : i + 1);
                found[mode].Add(program.Step(x, kind).detach());
                found[mode].AddRange(program.All.parameters().Concat(program.All.buffers()).Select(p => p.detach().clone()));
            }
        }
        for (int i = 0; i < found[0].Count; i++) Same.Close(found[0][i], found[1][i], 1e-4, $"{kind} {i}");
    }

    internal abstract partial class Updates
    {
        public abstract void Update(torch.optim.Optimizer optimizer, torch.Tensor loss);
    }

    internal sealed partial class Plain : Updates
    {
        public override void Update(torch.optim.Optimizer optimizer, torch.Tensor loss)
        {
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
        }
    }

    internal sealed partial class Program
    {
        private readonly Linear _first = Linear(3, 2), _second = Linear(3, 2);
        private readonly BatchNorm1d _norm = BatchNorm1d(2);
        private readonly torch.optim.Optimizer _optimizer, _other;
        private readonly torch.optim.lr_scheduler.LRScheduler _schedule;
        private readonly Updates _updates = new Plain();

        public Program()
        {
            All = Sequential(_first, _second, _norm);
            _optimizer = torch.optim.Adam(All.parameters(), 0.01);
            _other = torch.optim.SGD(_second.parameters(), 0.02, momentum: 0.9);
            _schedule = torch.optim.lr_scheduler.StepLR(_optimizer, 2, 0.5);
        }

        public Module All { get; }

        private torch.Tensor LossOf(torch.Tensor x) => (_first.call(x) * _second.call(x)).pow(2).mean();

        private void Optimise(torch.Tensor loss)
        {
            _optimizer.zero_grad();
            loss.backward();
            _optimizer.step();
        }

        [GraphFunction]
        public torch.Tensor Step(torch.Tensor x, string kind) => kind switch
        {
            "left" => Left(x),
            "endless" => Endless(x),
            "walked" => Walked(x),
            "skipped" => Skipped(x),
            "lambda" => Lambda(x),
            "local" => Local(x),
            "virtual" => Virtual(x),
            "schedule" => Scheduled(x),
            "norm" => Normed(x),
            "scaled" => Scaled(x),
            "outer" => Outer(x),
            "clipped" => Clipped(x),
            "caught" => Caught(x),
            "chosen" => Chosen(x),
            "frozen" => Frozen(x),
            "two" => TwoOptimizers(x),
            "baseline" => Baseline(x),
            "given at the end" => GivenAtTheEnd(x),
            "given two blocks out" => GivenTwoBlocksOut(x),
            _ => ByValue(x),
        };

        private torch.Tensor Left(torch.Tensor x)
        {
            torch.Tensor loss = LossOf(x), count = torch.zeros(1);
            while (true)
            {
                count = count + 1;
                loss = LossOf(x) + (_first.call(x) - 1).pow(2).mean();
                if (loss.item<float>() < 0.2f || count.item<float>() > 3) break;
                Optimise(loss);
            }
            return loss;
        }

        private torch.Tensor Endless(torch.Tensor x)
        {
            torch.Tensor count = torch.zeros(1);
            for (; ; )
            {
                count = count + 1;
                torch.Tensor loss = LossOf(x);
                Optimise(loss);
                if (loss.item<float>() < 0.2f || count.item<float>() > 3) return loss;
            }
        }

        private torch.Tensor Walked(torch.Tensor x)
        {
            torch.Tensor loss = torch.zeros(1);
            foreach (float rate in new[] { 0.5f, 1f, 2f })
            {
                torch.Tensor part = LossOf(x * rate);
                if (part.item<float>() > 1)
                {
                    loss = loss + 1;
                    break;
                }
                Optimise(part);
                loss = loss + part.detach();
            }
            return loss;
        }

        private torch.Tensor Skipped(torch.Tensor x)
        {
            torch.Tensor loss = torch.zeros(1);
            for (int i = 0; i < 3; i++)
            {
                torch.Tensor part = LossOf(x * (i + 1));
                if (part.item<float>() < 0.1f) continue;
                Optimise(part);
                loss = loss + part.detach();
            }
            return loss;
        }

        private torch.Tensor Lambda(torch.Tensor x)
        {
            torch.Tensor loss = LossOf(x);
            Action update = () => Optimise(loss);
            if (loss.item<float>() > 0.01f) update();
            return loss;
        }

        private torch.Tensor Local(torch.Tensor x)
        {
            torch.Tensor loss = LossOf(x);
            if (loss.item<float>() > 0.01f) Update();
            return loss;

            void Update()
            {
                _optimizer.zero_grad();
                loss.backward();
                _optimizer.step();
            }
        }

        private torch.Tensor Virtual(torch.Tensor x)
        {
            torch.Tensor loss = LossOf(x);
            if (loss.item<float>() > 0.01f) _updates.Update(_optimizer, loss);
            return loss;
        }

        private torch.Tensor Scheduled(torch.Tensor x)
        {
            torch.Tensor count = torch.zeros(1);
            while (count.item<float>() < x.abs().max().item<float>())
            {
                Optimise(LossOf(x));
                _schedule.step();
                count = count + 1;
            }
            return count;
        }

        private torch.Tensor Normed(torch.Tensor x)
        {
            torch.Tensor count = torch.zeros(1);
            while (count.item<float>() < x.abs().max().item<float>())
            {
                Optimise(LossOf(x) + (_norm.call(_first.call(x)) - 1).pow(2).mean());
                count = count + 1;
            }
            return count;
        }

        private torch.Tensor Scaled(torch.Tensor x)
        {
            _optimizer.zero_grad();
            torch.Tensor loss = LossOf(x);
            (loss * 1024).backward();
            foreach (Parameter p in _first.parameters()) p.grad!.div_(1024);
            torch.Tensor norm = _first.weight.grad!.norm();
            if ((bool)norm.isfinite() && norm.item<float>() < 10) _optimizer.step();
            else _optimizer.zero_grad();
            return loss;
        }

        // The part before the loop is differentiated in each iteration.
        private torch.Tensor Outer(torch.Tensor x)
        {
            torch.Tensor a = _first.call(x), count = torch.zeros(1);
            torch.Tensor loss = (a * a.detach()).mean();
            while (count.item<float>() < 2)
            {
                _optimizer.zero_grad();
                loss.backward(retain_graph: true);
                count = count + 1;
            }
            _optimizer.step();
            return loss;
        }

        private torch.Tensor Clipped(torch.Tensor x)
        {
            torch.Tensor count = torch.zeros(1), sum = torch.zeros(1);
            while (count.item<float>() < x.abs().max().item<float>())
            {
                _optimizer.zero_grad();
                torch.Tensor loss = LossOf(x * 3);
                loss.backward();
                double norm = utils.clip_grad_norm_(All.parameters(), 0.5);
                if (norm < 100) _optimizer.step();
                count = count + 1;
                sum = sum + loss.detach();
            }
            return sum;
        }

        private torch.Tensor Caught(torch.Tensor x)
        {
            torch.Tensor loss = LossOf(x);
            try
            {
                if (loss.item<float>() > 0.01f) Optimise(loss);
            }
            finally
            {
                loss = loss * 2;
            }
            return loss;
        }

        private torch.Tensor Chosen(torch.Tensor x)
        {
            torch.Tensor loss = LossOf(x), better = x.sum().item<float>() > 0 ? loss * 2 : loss;
            Optimise(better);
            return better;
        }

        private torch.Tensor Frozen(torch.Tensor x)
        {
            torch.Tensor count = torch.zeros(1), fixedPart;
            using (torch.no_grad()) fixedPart = _second.call(x);
            while (count.item<float>() < 2)
            {
                torch.Tensor loss = (_first.call(x) * fixedPart).pow(2).mean();
                Optimise(loss);
                using (torch.no_grad()) fixedPart = fixedPart + _first.call(x);
                count = count + 1;
            }
            return fixedPart;
        }

        // The running mean is detached where the iteration ends.
        private torch.Tensor Baseline(torch.Tensor x)
        {
            torch.Tensor count = torch.zeros(1), mean = torch.zeros(1);
            while (count.item<float>() < 3)
            {
                torch.Tensor loss = ((_first.call(x) - mean) * _second.call(x)).pow(2).mean();
                Optimise(loss);
                mean = mean * 0.9f + loss.detach() * 0.1f;
                count = count + 1;
            }
            return mean;
        }

        private torch.Tensor GivenAtTheEnd(torch.Tensor x)
        {
            torch.Tensor h = _first.call(x), state = torch.zeros(2, 2), count = torch.zeros(1);
            _optimizer.zero_grad();
            while (count.item<float>() < 2)
            {
                (_second.call(x) - state).pow(2).sum().backward();
                state = h;
                count = count + 1;
            }
            _optimizer.step();
            return count;
        }

        private torch.Tensor GivenTwoBlocksOut(torch.Tensor x)
        {
            torch.Tensor h = _first.call(x), count = torch.zeros(1);
            _optimizer.zero_grad();
            if (x.sum().item<float>() > 0)
            {
                torch.Tensor state = h;
                while (count.item<float>() < 2)
                {
                    (_second.call(x) - state).pow(2).sum().backward();
                    state = state * 0.5f;
                    count = count + 1;
                }
            }
            _optimizer.step();
            return count;
        }

        private torch.Tensor TwoOptimizers(torch.Tensor x)
        {
            torch.Tensor loss = LossOf(x);
            if (loss.item<float>() > 0.1f)
            {
                _other.zero_grad();
                loss.backward();
                _other.step();
            }
            else
            {
                Optimise(loss);
            }
            return loss;
        }

        private torch.Tensor ByValue(torch.Tensor x)
        {
            torch.Tensor count = torch.zeros(1);
            while (count.item<float>() < 2)
            {
                All.zero_grad();
                LossOf(x).backward();
                using (torch.no_grad())
                {
                    foreach (Parameter p in _first.parameters()) p.sub_(p.grad! * 0.1f);
                }
                _second.weight.grad = _second.weight.grad! * 2;
                _second.bias!.grad!.zero_();
                _other.step();
                count = count + 1;
            }
            return count;
        }
    }
}
