namespace TensorGraph.Tests;

/// <summary>Exceptions of the graph whose messages read variables that the graph assigns.</summary>
public sealed partial class ThrownVariableTests
{
    [Theory]
    [InlineData(nameof(Model.Statement), 1)]
    [InlineData(nameof(Model.Operand), 1)]
    [InlineData(nameof(Model.Helper), 1)]
    [InlineData(nameof(Model.Converted), 1)]
    [InlineData(nameof(Model.AssignedLater), 0)]
    [InlineData(nameof(Model.AssignedBeforeAndLater), 1)]
    [InlineData(nameof(Model.NotAssigned), 0)]
    [InlineData(nameof(Model.InLoop), 3)]
    [InlineData(nameof(Model.InDifferentiatedLoop), 3)]
    public void A_message_reads_a_variable_as_of_the_throw(string method, int step)
    {
        foreach (bool imperatively in new[] { true, false })
        {
            var model = new Model();
            var error = Modes.Run(() => Assert.Throws<InvalidOperationException>(() => model.Call(method)), imperatively).Result;
            Assert.Equal($"NaN at step {step}", error.Message);
            Assert.Equal(step, model.Step.Value.Item<int>());
        }
    }

    internal sealed partial class Model
    {
        public Variable Step { get; } = new(0, trainable: false);

        public Variable Weight { get; } = new(1f);

        public Tensor Call(string method) => method switch
        {
            nameof(Statement) => Statement(0f),
            nameof(Operand) => Operand(0f),
            nameof(Helper) => Helper(0f),
            nameof(Converted) => Converted(0f),
            nameof(AssignedLater) => AssignedLater(0f),
            nameof(AssignedBeforeAndLater) => AssignedBeforeAndLater(0f),
            nameof(NotAssigned) => NotAssigned(0f),
            nameof(InLoop) => InLoop(3f),
            _ => InDifferentiatedLoop(3f),
        };

        [GraphFunction]
        public Tensor Statement(Tensor x)
        {
            Step.AssignAdd(1);
            if (Ops.IsNan(x / x))
                throw new InvalidOperationException($"NaN at step {Step.Value}");
            return x;
        }

        [GraphFunction]
        public Tensor Operand(Tensor x)
        {
            Step.AssignAdd(1);
            return Ops.IsNan(x / x) ? throw new InvalidOperationException($"NaN at step {Step.Value}") : x;
        }

        [GraphFunction]
        public Tensor Helper(Tensor x)
        {
            Step.AssignAdd(1);
            Check(x / x);
            return x;
        }

        [GraphFunction]
        public Tensor Converted(Tensor x)
        {
            Step.AssignAdd(1);
            if (Ops.IsNan(x / x))
                throw new InvalidOperationException("NaN at step " + ((Tensor)Step).Item<int>());
            return x;
        }

        [GraphFunction]
        public Tensor AssignedLater(Tensor x)
        {
            if (Ops.IsNan(x / x))
                throw new InvalidOperationException($"NaN at step {Step.Value}");
            Step.AssignAdd(1);
            return x;
        }

        [GraphFunction]
        public Tensor AssignedBeforeAndLater(Tensor x)
        {
            Step.AssignAdd(1);
            if (Ops.IsNan(x / x))
                throw new InvalidOperationException($"NaN at step {Step.Value}");
            Step.AssignAdd(1);
            return x;
        }

        [GraphFunction]
        public Tensor NotAssigned(Tensor x)
        {
            if (Ops.IsNan(x / x))
                throw new InvalidOperationException($"NaN at step {Step.Value}");
            return x;
        }

        [GraphFunction]
        public Tensor InLoop(Tensor x)
        {
            while (x > -1)
            {
                Step.AssignAdd(1);
                x -= 1;
                if (Ops.IsNan(x / x))
                    throw new InvalidOperationException($"NaN at step {Step.Value}");
            }
            return x;
        }

        [GraphFunction]
        public Tensor InDifferentiatedLoop(Tensor x)
        {
            using var tape = new GradientTape();
            Tensor y = Weight;
            while (x > -1)
            {
                Step.AssignAdd(1);
                x -= 1;
                y *= Weight;
                if (Ops.IsNan(x / x))
                    throw new InvalidOperationException($"NaN at step {Step.Value}");
            }
            return tape.Gradient(y, Weight)!;
        }

        private void Check(Tensor x)
        {
            if (Ops.IsNan(x))
                throw new InvalidOperationException(Message());
        }

        private string Message() => $"NaN at step {Step.Value}";
    }
}
