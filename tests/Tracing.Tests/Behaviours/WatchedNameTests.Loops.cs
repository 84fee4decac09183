namespace TensorGraph.Tests;

public sealed partial class WatchedNameTests
{
    internal sealed partial class Model
    {
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

        private static Tensor Slope(Tensor y, Tensor x)
        {
            using var tape = new GradientTape();
            tape.Watch(y);
            return tape.Gradient(y * y * x, y)!;
        }
    }
}
