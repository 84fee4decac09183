namespace TensorGraph.Tests;

public sealed partial class TapeRegionTests
{
    internal sealed partial class Model
    {
        [GraphFunction]
        public Tensor LoopPersistent(Tensor x)
        {
            using var tape = new GradientTape(persistent: true);
            tape.Watch(x);
            var y = x * x;
            Tensor sum = 0f;
            for (Tensor i = 0f; i < 3; i += 1)
                sum += tape.Gradient(y * i * x, x)!;
            return sum;
        }

        [GraphFunction]
        public Tensor LoopOnce(Tensor x)
        {
            using var tape = new GradientTape();
            tape.Watch(x);
            var y = x * x;
            Tensor g = 0f;
            while (true)
            {
                g += tape.Gradient(y * x, x)!;
                if (g > 0)
                    break;
            }
            return g;
        }

        [GraphFunction]
        public Tensor LoopCarried(Tensor x)
        {
            using var tape = new GradientTape(persistent: true);
            tape.Watch(x);
            var y = x;
            Tensor sum = 0f;
            for (Tensor i = 0f; i < 3; i += 1)
            {
                y *= x;
                sum += tape.Gradient(y, x)!;
            }
            return sum;
        }

        [GraphFunction]
        public Tensor LoopCarriedOfVariable(Tensor x)
        {
            using var tape = new GradientTape(persistent: true);
            tape.Watch(x);
            Tensor y = 1f, sum = 0f;
            for (Tensor i = 0f; i < 3; i += 1)
            {
                y *= W;
                sum += tape.Gradient(y * x, x)!;
            }
            return sum;
        }

        [GraphFunction]
        public Tensor LoopByVariable(Tensor x)
        {
            using var tape = new GradientTape(persistent: true);
            Tensor y = 1f, sum = 0f;
            for (Tensor i = 0f; i < 3; i += 1)
            {
                y += x;
                sum += tape.Gradient(y * W * W, W)!;
                W.AssignAdd(0.5f);
            }
            return sum;
        }

        [GraphFunction]
        public Tensor LoopArray(Tensor x)
        {
            using var tape = new GradientTape(persistent: true);
            tape.Watch(x);
            var array = new TensorArray();
            Tensor sum = 0f;
            array.Add(x * 2);
            for (Tensor i = 0; i < 3; i += 1)
            {
                array.Add(x * Ops.Cast(i, DType.F32));
                sum += tape.Gradient(array[0] * x, x)!;
            }
            return sum;
        }

        [GraphFunction]
        public Tensor LoopNested(Tensor x)
        {
            using var tape = new GradientTape(persistent: true);
            tape.Watch(x);
            Tensor sum = 0f;
            for (Tensor i = 0f; i < 3; i += 1)
            {
                var a = x * x * i;
                for (Tensor j = 0f; j < 2; j += 1)
                {
                    var b = a * x + j;
                    if (b > 3)
                        sum += tape.Gradient(b * b, x)!;
                }
            }
            return sum;
        }

        [GraphFunction]
        public Tensor LoopNestedCarried(Tensor x)
        {
            using var tape = new GradientTape(persistent: true);
            tape.Watch(x);
            Tensor sum = 0f, c = 1f;
            for (Tensor i = 0f; i < 3; i += 1)
            {
                for (Tensor j = 0f; j < 2; j += 1)
                    sum += tape.Gradient(c * x, x)!;
                c *= x;
            }
            return sum;
        }

        [GraphFunction]
        public Tensor LoopStopped(Tensor x)
        {
            using var tape = new GradientTape(persistent: true);
            tape.Watch(x);
            Tensor sum = 0f, c = x;
            for (Tensor i = 0f; i < 3; i += 1)
            {
                c = Ops.StopGradient(c);
                c *= x;
                sum += tape.Gradient(c, x)!;
            }
            return sum;
        }

        [GraphFunction]
        public Tensor LoopSecond(Tensor x)
        {
            using var outer = new GradientTape();
            outer.Watch(x);
            using var tape = new GradientTape(persistent: true);
            tape.Watch(x);
            Tensor sum = 0f;
            for (Tensor i = 1f; i < 4; i += 1)
                sum += tape.Gradient(x * x * x * i, x)!;
            return outer.Gradient(sum, x)!;
        }

        [GraphFunction]
        public Tensor LoopSecondPersistent(Tensor x)
        {
            using var tape = new GradientTape(persistent: true);
            tape.Watch(x);
            Tensor sum = 0f;
            for (Tensor i = 1f; i < 4; i += 1)
            {
                var g = tape.Gradient(x * x * x * i, x)!;
                sum += tape.Gradient(g * x, x)!;
            }
            return sum;
        }

        [GraphFunction]
        public Tensor LoopAfter(Tensor x)
        {
            using var tape = new GradientTape(persistent: true);
            tape.Watch(x);
            Tensor sum = 0f;
            for (Tensor i = 1f; i < 4; i += 1)
                sum += tape.Gradient(x * x * x * i, x)!;
            return tape.Gradient(sum * x, x)!;
        }

        [GraphFunction]
        public Tensor LoopInnerTape(Tensor x)
        {
            using var tape = new GradientTape(persistent: true);
            tape.Watch(x);
            Tensor sum = 0f;
            for (Tensor i = 1f; i < 4; i += 1)
            {
                using var inner = new GradientTape();
                inner.Watch(x);
                var g = inner.Gradient(x * x * x * i, x)!;
                sum += tape.Gradient(g, x)!;
            }
            return sum;
        }

        [GraphFunction]
        public Tensor LoopWatch(Tensor x)
        {
            using var tape = new GradientTape(persistent: true);
            Tensor sum = 0f;
            for (Tensor i = 1f; i < 4; i += 1)
            {
                var a = x * x;
                tape.Watch(x);
                sum += tape.Gradient(a * x, x)!;
            }
            return sum;
        }

        [GraphFunction]
        public Tensor LoopWatchMade(Tensor x)
        {
            using var tape = new GradientTape(persistent: true);
            Tensor sum = 0f;
            for (Tensor i = 1f; i < 4; i += 1)
            {
                var a = x * i;
                tape.Watch(a);
                sum += tape.Gradient(a * a * x, a)!;
            }
            return sum;
        }

        [GraphFunction]
        public Tensor LoopSourceCarried(Tensor x)
        {
            using var tape = new GradientTape(persistent: true);
            tape.Watch(x);
            Tensor sum = 0f, y = x;
            for (Tensor i = 1f; i < 4; i += 1)
            {
                sum += tape.Gradient(y * x, y)!;
                y *= 0.5f;
            }
            return sum;
        }

        [GraphFunction]
        public Tensor LoopDispose(Tensor x)
        {
            var tape = new GradientTape(persistent: true);
            tape.Watch(x);
            Tensor sum = 0f;
            for (Tensor i = 1f; i < 4; i += 1)
            {
                sum += x * i;
                tape.Dispose();
            }
            return tape.Gradient(sum, x)!;
        }

        [GraphFunction]
        public Tensor LoopCondition(Tensor x)
        {
            using var tape = new GradientTape(persistent: true);
            tape.Watch(x);
            Tensor sum = 0f;
            while (tape.Gradient(x * x, x)! * sum < 10)
                sum += 1;
            return sum;
        }

        [GraphFunction]
        public Tensor LoopClosedTape(Tensor x)
        {
            GradientTape tape;
            Tensor loss;
            using (tape = new GradientTape(persistent: true))
            {
                tape.Watch(x);
                loss = x * x;
            }
            Tensor sum = 0f, l = loss;
            for (Tensor i = 0f; i < 3; i += 1)
            {
                sum += tape.Gradient(loss, x)!;
                sum += tape.Gradient(l, x) ?? 0f;
                l = l + 1;
            }
            return sum;
        }

        [GraphFunction]
        public Tensor LoopBranchGradient(Tensor x)
        {
            using var tape = new GradientTape(persistent: true);
            tape.Watch(x);
            Tensor sum = 0f;
            for (Tensor i = 0f; i < 4; i += 1)
            {
                var loss = x * x * i;
                if (i == 2)
                    continue;
                if (loss > 20)
                    break;
                sum += tape.Gradient(loss * sum, x) ?? 0f;
                sum += 1;
            }
            return sum;
        }

        [GraphFunction]
        public Tensor DoWhile(Tensor x)
        {
            using var tape = new GradientTape(persistent: true);
            tape.Watch(x);
            Tensor sum = 0f;
            do
            {
                sum += tape.Gradient(x * x, x)!;
            }
            while (sum < 10);
            return sum;
        }

        [GraphFunction]
        public Tensor ForEach(Tensor x)
        {
            using var tape = new GradientTape(persistent: true);
            tape.Watch(x);
            var items = Ops.Stack([x, x * 2, x * 3]);
            Tensor sum = 0f;
            foreach (var item in items)
                sum += tape.Gradient(item * x, x)!;
            return sum;
        }

        [GraphFunction]
        public Tensor ForEachConstant(Tensor x)
        {
            using var tape = new GradientTape(persistent: true);
            tape.Watch(x);
            Tensor sum = 0f;
            foreach (var item in Ops.Iota(3, DType.F32))
                sum += tape.Gradient(item * x * x, x)!;
            return sum;
        }

        [GraphFunction]
        public Tensor InScan(Tensor x)
        {
            using var tape = new GradientTape(persistent: true);
            tape.Watch(x);
            var (state, all) = Ops.Scan((Tensor)0f, Ops.Iota(3, DType.F32), (s, item) => (s + 1, tape.Gradient(x * x * item, x)! * s));
            return all.Sum() + state;
        }

        [GraphFunction]
        public Tensor InScanItems(Tensor x)
        {
            using var tape = new GradientTape(persistent: true);
            tape.Watch(x);
            var (state, all) = Ops.Scan((Tensor)0f, Ops.Iota(3, DType.F32) * x, (s, item) => (s + 1, tape.Gradient(x * item, x)! * s));
            return all.Sum() + state;
        }

        [GraphFunction]
        public Tensor InScanState(Tensor x)
        {
            using var tape = new GradientTape(persistent: true);
            tape.Watch(x);
            var (state, all) = Ops.Scan((Tensor)1f, Ops.Iota(3, DType.F32), (s, item) => (s * x, tape.Gradient(x * s, x)! * item));
            return all.Sum() + state;
        }

        [GraphFunction]
        public Tensor InScanOnce(Tensor x)
        {
            using var tape = new GradientTape();
            tape.Watch(x);
            var (state, all) = Ops.Scan((Tensor)0f, Ops.Iota(1, DType.F32), (s, item) => (s + 1, tape.Gradient(x * x, x)! * s));
            return all.Sum() + state;
        }

        [GraphFunction]
        public Tensor InVmap(Tensor x)
        {
            using var tape = new GradientTape(persistent: true);
            tape.Watch(x);
            return Ops.Vmap(Ops.Iota(3, DType.F32), item => tape.Gradient(x * x * item, x)!).Sum();
        }

        [GraphFunction]
        public Tensor InAssociative(Tensor x)
        {
            using var tape = new GradientTape(persistent: true);
            tape.Watch(x);
            return Ops.AssociativeScan(Ops.Iota(3, DType.F32), (a, b) => a + b * tape.Gradient(x * x, x)!).Sum();
        }

        [GraphFunction]
        public Tensor InOnDevice(Tensor x)
        {
            using var tape = new GradientTape();
            tape.Watch(x);
            var y = x * x;
            return Ops.OnDevice(Device.Default, () => tape.Gradient(y * x, x)!);
        }

        [GraphFunction]
        public Tensor InCheckpoint(Tensor x)
        {
            using var tape = new GradientTape();
            tape.Watch(x);
            var y = x * x;
            return Ops.Checkpoint(() => tape.Gradient(y * x, x)!);
        }

        [GraphFunction]
        public Tensor InCustom(Tensor x)
        {
            using var tape = new GradientTape();
            tape.Watch(x);
            return Ops.CustomGradient([x], v => tape.Gradient(v[0] * v[0], x) ?? 0f, (v, y, g) => [g]);
        }

        [GraphFunction]
        public Tensor LoopsInBranch(Tensor x)
        {
            using var tape = new GradientTape();
            tape.Watch(x);
            var y = x;
            for (Tensor i = 0f; i < 3; i += 1)
                y *= x;
            if (y > 1)
            {
                for (Tensor i = 0f; i < 2; i += 1)
                    y = y * W + Ops.Sin(x);
                var (s, all) = Ops.Scan(y, Ops.Iota(3, DType.F32), (a, b) => (a * x, a + b));
                y = s + all.Sum();
                return tape.Gradient(y, x)!;
            }
            return tape.Gradient(y * y, x)!;
        }

        [GraphFunction]
        public Tensor ScanState(Tensor x)
        {
            using var tape = new GradientTape();
            tape.Watch(x);
            var (state, all) = Ops.Scan(x, Ops.Iota(3, DType.F32), (s, item) => { var n = s * x; return (n, n); });
            return tape.Gradient(all.Sum(), state) ?? 100f;
        }

        [GraphFunction]
        public Tensor ScanStateAlone(Tensor x)
        {
            using var tape = new GradientTape();
            tape.Watch(x);
            var (state, all) = Ops.Scan(x, Ops.Iota(3, DType.F32), (s, item) => { var n = s * x; return (n, n); });
            return tape.Gradient(state * state, state) ?? 100f;
        }

        [GraphFunction]
        public Tensor LoopOfInnerIf(Tensor x)
        {
            using var tape = new GradientTape();
            tape.Watch(x);
            Tensor y = x, sum = 0f;
            for (Tensor i = 0f; i < 3; i += 1)
            {
                if (i == 1)
                    y = y * 2;
                sum += y * y;
            }
            return tape.Gradient(sum, y) ?? 100f;
        }

        [GraphFunction]
        public Tensor UsingInLoop(Tensor x)
        {
            Tensor sum = 0f;
            for (Tensor i = 0f; i < 4; i += 1)
            {
                using var tape = new GradientTape(persistent: true);
                tape.Watch(x);
                var loss = x * x * i;
                if (loss > 20)
                    break;
                for (Tensor j = 0f; j < 2; j += 1)
                {
                    if (j == 1)
                        continue;
                    sum += tape.Gradient(loss * x, x)!;
                }
            }
            return sum;
        }
    }
}
