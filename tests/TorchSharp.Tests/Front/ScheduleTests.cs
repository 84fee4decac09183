namespace TensorGraph.Tests.Front;

using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch.nn;
using static TorchSharp.torch.optim;

/// <summary>Schedules of rates, and rates that the program sets, count at the next step, without a trace of their own.</summary>
public sealed partial class ScheduleTests
{
    public static TheoryData<string> Names() =>
        ["StepLR", "ExponentialLR", "CosineAnnealingLR", "LambdaLR", "MultiStepLR", "LinearLR", "PolynomialLR", "OneCycleLR", "CyclicLR"];

    [TorchTheory]
    [MemberData(nameof(Names))]
    public void A_schedule_steps_outside_of_the_step(string name) => Twins.Train(() => new Program(name), p => p.Model, (program, _) =>
    {
        torch.Tensor loss = program.Step(torch.randn(16, 8), torch.randint(4, [16], dtype: torch.int64));
        program.Schedule.step();
        return loss;
    });

    [TorchTheory]
    [MemberData(nameof(Names))]
    public void A_schedule_steps_in_the_step(string name) => Twins.Train(
        () => new Program(name), p => p.Model, (program, _) => program.StepAndSchedule(torch.randn(16, 8), torch.randint(4, [16], dtype: torch.int64)));

    [TorchFact]
    public void A_schedule_that_watches_the_loss_steps_outside() => Twins.Train(() => new Program("ReduceLROnPlateau"), p => p.Model, (program, i) =>
    {
        torch.Tensor loss = program.Step(torch.randn(16, 8), torch.randint(4, [16], dtype: torch.int64));
        program.Schedule.step(i < 2 ? loss.item<float>() : 10.0);
        return loss;
    });

    [TorchFact]
    public void A_rate_that_the_program_sets_counts_without_a_new_trace()
    {
        Program? last = null;
        Twins.Train(() => last = new Program("StepLR"), p => p.Model, (program, i) =>
        {
            ParamGroup group = (ParamGroup)program.Optimizer.ParamGroups.First();
            group.LearningRate = 0.1 / (i + 1);
            ((SGD.Options)group.Options).momentum = 0.5 + (0.05 * i);
            return program.Step(torch.randn(16, 8), torch.randint(4, [16], dtype: torch.int64));
        }, steps: 8);
        Assert.Equal(1, GraphFunction.Of(last!.Step).TraceCount);
    }

    internal sealed partial class Program
    {
        private readonly Sequential _model = Sequential(Linear(8, 16), ReLU(), Linear(16, 4));

        public Program(string name)
        {
            Optimizer = SGD(_model.parameters(), 0.1, momentum: 0.9);
            Schedule = name switch
            {
                "StepLR" => lr_scheduler.StepLR(Optimizer, 2, 0.5),
                "ExponentialLR" => lr_scheduler.ExponentialLR(Optimizer, 0.7),
                "CosineAnnealingLR" => lr_scheduler.CosineAnnealingLR(Optimizer, 4),
                "LambdaLR" => lr_scheduler.LambdaLR(Optimizer, epoch => 1.0 / (1 + epoch)),
                "MultiStepLR" => lr_scheduler.MultiStepLR(Optimizer, [2, 4], 0.3),
                "LinearLR" => lr_scheduler.LinearLR(Optimizer),
                "PolynomialLR" => lr_scheduler.PolynomialLR(Optimizer, 4, 2),
                // These move momentum too.
                "OneCycleLR" => lr_scheduler.OneCycleLR(Optimizer, 0.2, 10),
                "CyclicLR" => lr_scheduler.CyclicLR(Optimizer, 0.01, 0.2, 3),
                _ => lr_scheduler.ReduceLROnPlateau(Optimizer, factor: 0.1, patience: 1),
            };
        }

        public Sequential Model => _model;

        public Optimizer Optimizer { get; }

        public lr_scheduler.LRScheduler Schedule { get; }

        [GraphFunction]
        public torch.Tensor Step(torch.Tensor x, torch.Tensor y)
        {
            Optimizer.zero_grad();
            torch.Tensor loss = functional.cross_entropy(_model.call(x), y);
            loss.backward();
            Optimizer.step();
            return loss;
        }

        [GraphFunction]
        public torch.Tensor StepAndSchedule(torch.Tensor x, torch.Tensor y)
        {
            Optimizer.zero_grad();
            torch.Tensor loss = functional.cross_entropy(_model.call(x), y);
            loss.backward();
            Optimizer.step();
            Schedule.step();
            return loss;
        }
    }
}
