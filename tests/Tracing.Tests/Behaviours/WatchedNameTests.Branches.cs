namespace TensorGraph.Tests;

public sealed partial class WatchedNameTests
{
    internal sealed partial class Model
    {
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
    }
}
