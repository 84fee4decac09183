namespace TensorGraph.Tests;

public sealed partial class WatchedNameTests
{
    internal sealed partial class Model
    {
        public Tensor FirstZero { get; } = 0f;

        public Tensor SecondZero { get; } = 0f;

        [GraphFunction]
        public Tensor FitEqual(Tensor x)
        {
            Tensor w = 0f, b = 0f;
            for (Tensor i = 0f; i < 4; i += 1)
            {
                using var tape = new GradientTape(persistent: true);
                tape.Watch(w);
                tape.Watch(b);
                var loss = Ops.Square(w * x + b - 2).Mean();
                w -= 0.1f * tape.Gradient(loss, w)!;
                b -= 0.1f * tape.Gradient(loss, b)!;
            }
            return w + b * 10;
        }

        [GraphFunction]
        public Tensor FitSame(Tensor x)
        {
            Tensor w = 0f, b = w;
            for (Tensor i = 0f; i < 4; i += 1)
            {
                using var tape = new GradientTape(persistent: true);
                tape.Watch(w);
                tape.Watch(b);
                var loss = Ops.Square(w * x + b - 2).Mean();
                w -= 0.1f * tape.Gradient(loss, w)!;
                b -= 0.1f * tape.Gradient(loss, b)!;
            }
            return w + b * 10;
        }

        [GraphFunction]
        public Tensor FitFields(Tensor x)
        {
            Tensor w = FirstZero, b = SecondZero;
            for (Tensor i = 0f; i < 4; i += 1)
            {
                using var tape = new GradientTape(persistent: true);
                tape.Watch(w);
                tape.Watch(b);
                var loss = Ops.Square(w * x + b - 2).Mean();
                w -= 0.1f * tape.Gradient(loss, w)!;
                b -= 0.1f * tape.Gradient(loss, b)!;
            }
            return w + b * 10;
        }

        [GraphFunction]
        public Tensor FitOneField(Tensor x)
        {
            Tensor w = FirstZero, b = FirstZero;
            for (Tensor i = 0f; i < 4; i += 1)
            {
                using var tape = new GradientTape(persistent: true);
                tape.Watch(w);
                tape.Watch(b);
                var loss = Ops.Square(w * x + b - 2).Mean();
                w -= 0.1f * tape.Gradient(loss, w)!;
                b -= 0.1f * tape.Gradient(loss, b)!;
            }
            return w + b * 10;
        }

        [GraphFunction]
        public Tensor FitZeros(Tensor x)
        {
            Tensor w = Ops.Zeros([2]), b = Ops.Zeros([2]);
            for (Tensor i = 0f; i < 4; i += 1)
            {
                using var tape = new GradientTape(persistent: true);
                tape.Watch(w);
                tape.Watch(b);
                var loss = Ops.Square(w * x + b - 2).Mean();
                w -= 0.1f * tape.Gradient(loss, w)!;
                b -= 0.1f * tape.Gradient(loss, b)!;
            }
            return (w + b * 10).Sum();
        }

        [GraphFunction]
        public Tensor FitArrays(Tensor x)
        {
            Tensor w = new float[2], b = new float[2];
            for (Tensor i = 0f; i < 4; i += 1)
            {
                using var tape = new GradientTape(persistent: true);
                tape.Watch(w);
                tape.Watch(b);
                var loss = Ops.Square(w * x + b - 2).Mean();
                w -= 0.1f * tape.Gradient(loss, w)!;
                b -= 0.1f * tape.Gradient(loss, b)!;
            }
            return (w + b * 10).Sum();
        }

        [GraphFunction]
        public Tensor FitTwice(Tensor x)
        {
            Tensor w = 0f, b = 0f;
            for (Tensor i = 0f; i < 4; i += 1)
            {
                using var tape = new GradientTape(persistent: true);
                tape.Watch(w);
                tape.Watch(b);
                var loss = Ops.Square(w * x + b - 2).Mean();
                w -= 0.1f * tape.Gradient(loss, w)!;
                b -= 0.1f * tape.Gradient(loss, b)!;
            }
            for (Tensor i = 0f; i < 2; i += 1)
            {
                using var tape = new GradientTape(persistent: true);
                tape.Watch(w);
                tape.Watch(b);
                var loss = Ops.Square(w * x + b - 1).Mean();
                w -= 0.1f * tape.Gradient(loss, w)!;
                b -= 0.1f * tape.Gradient(loss, b)!;
            }
            return w + b * 10;
        }

        [GraphFunction]
        public Tensor FitAgain(Tensor x)
        {
            Tensor w = 0f, b = 0f;
            for (Tensor i = 0f; i < 4; i += 1)
            {
                using var tape = new GradientTape(persistent: true);
                tape.Watch(w);
                tape.Watch(b);
                var loss = Ops.Square(w * x + b - 2).Mean();
                w -= 0.1f * tape.Gradient(loss, w)!;
                b -= 0.1f * tape.Gradient(loss, b)!;
            }
            using var last = new GradientTape();
            last.Watch(w);
            return last.Gradient(w * b * x, w)!;
        }

        [GraphFunction]
        public Tensor FitEpochs(Tensor x)
        {
            Tensor w = 0f, b = 0f;
            for (Tensor epoch = 0f; epoch < 2; epoch += 1)
            {
                for (Tensor i = 0f; i < 2; i += 1)
                {
                    using var tape = new GradientTape(persistent: true);
                    tape.Watch(w);
                    tape.Watch(b);
                    var loss = Ops.Square(w * x + b - 2).Mean();
                    w -= 0.1f * tape.Gradient(loss, w)!;
                    b -= 0.1f * tape.Gradient(loss, b)!;
                }
            }
            return w + b * 10;
        }

        [GraphFunction]
        public Tensor FitReset(Tensor x)
        {
            Tensor w = 1f, b = 1f, sum = 0f;
            for (Tensor i = 0f; i < 3; i += 1)
            {
                using var tape = new GradientTape();
                tape.Watch(w);
                sum += tape.Gradient(w * b * (x + i), w)!;
                w = 2f;
                b = 2f;
            }
            return sum;
        }

        [GraphFunction]
        public Tensor FitConstant(Tensor x)
        {
            Tensor k = 3f, y = k, sum = k * x;
            for (Tensor i = 0f; i < 3; i += 1)
            {
                using var tape = new GradientTape();
                tape.Watch(y);
                sum += tape.Gradient(y * k, y)!;
                y = y * 2;
            }
            return sum;
        }

        [GraphFunction]
        public Tensor LateFirstTensor(Tensor x)
        {
            Tensor[] a = [];
            Tensor y = x * 2, z = x * 3, sum = 0f;
            for (Tensor i = 0f; i < 3; i += 1)
            {
                a = [y, z];
                using var tape = new GradientTape();
                tape.Watch(y);
                sum += tape.Gradient(y * z, y)!;
                (y, z) = (z, y * 2);
            }
            return sum;
        }

        [GraphFunction]
        public Tensor Swaps(Tensor x)
        {
            Tensor a = x * 1, b = x * 2;
            if (x > 0)
            {
                for (int i = 0; i < 40; i++)
                {
                    if (x > i)
                        (a, b) = (b, a);
                }
            }
            using var tape = new GradientTape();
            tape.Watch(a);
            return tape.Gradient(a * a, a)!;
        }

        [GraphFunction]
        public Tensor SwapsOfBoth(Tensor x)
        {
            Tensor a = x * 1, b = x * 2;
            if (x > 0)
            {
                for (int i = 0; i < 40; i++)
                {
                    if (x > i)
                        (a, b) = (b, a);
                }
            }
            using var tape = new GradientTape();
            tape.Watch(a);
            return tape.Gradient(a * b, a)!;
        }

        [GraphFunction]
        public Tensor ManyBranches(Tensor x)
        {
            Tensor a = x * 1;
            if (x > 0)
            {
                for (int i = 0; i < 3000; i++)
                {
                    if (x > i)
                        a = a * 0.5f;
                }
            }
            using var tape = new GradientTape();
            tape.Watch(a);
            return tape.Gradient(a * a, a)!;
        }

        [GraphFunction]
        public Tensor OfFieldNested(Tensor x)
        {
            var y = x * 1;
            if (x > 1)
            {
                if (x > 0.5f)
                    y = Kept;
                if (x > 10)
                    y = x;
            }
            using var tape = new GradientTape();
            tape.Watch(Kept);
            return tape.Gradient(y * y, Kept)!;
        }

        [GraphFunction]
        public Tensor OfFieldCarried(Tensor x)
        {
            Tensor y = x * 1, z = x * 2;
            for (Tensor i = 0f; i < 3; i += 1)
            {
                z = y;
                if (x > 1)
                    y = Kept;
            }
            using var tape = new GradientTape();
            tape.Watch(Kept);
            return tape.Gradient(z * z, Kept)!;
        }
    }
}
