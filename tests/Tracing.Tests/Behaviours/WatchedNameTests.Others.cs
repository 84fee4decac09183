namespace TensorGraph.Tests;

public sealed partial class WatchedNameTests
{
    internal sealed partial class Model
    {
        [GraphFunction]
        public Tensor Source(Tensor x)
        {
            using var tape = new GradientTape();
            tape.Watch(x);
            var y = x;
            if (x > 1)
                y = x * 2;
            return tape.Gradient(y * y, [x])[0]!;
        }

        [GraphFunction]
        public Tensor SourceAndResult(Tensor x)
        {
            using var tape = new GradientTape();
            tape.Watch(x);
            var y = x;
            if (x > 1)
                y = x * 2;
            var g = tape.Gradient(y * y, [x, y]);
            return g[0]! + g[1]! * 10;
        }

        [GraphFunction]
        public Tensor SourceAndResultWatched(Tensor x)
        {
            using var tape = new GradientTape();
            tape.Watch(x);
            var y = x;
            if (x > 1)
                y = x + W;
            tape.Watch(y);
            var g = tape.Gradient(y * y, [x, y]);
            return g[0]! + g[1]! * 10;
        }

        [GraphFunction]
        public Tensor Siblings(Tensor x)
        {
            Tensor a = x, b = x * 2;
            if (x > 0)
                a = b;
            else
                b = x * 5;
            if (x > 10)
            {
                a = x * 7;
                b = x * 8;
            }
            using var tape = new GradientTape();
            tape.Watch(b);
            return tape.Gradient(a * b, b)!;
        }

        [GraphFunction]
        public Tensor LoopInner(Tensor x)
        {
            Tensor a = x, b = x * 2, sum = 0f;
            for (Tensor i = 0f; i < 2; i += 1)
            {
                using var tape = new GradientTape();
                tape.Watch(b);
                sum += tape.Gradient(a * b * x, b)!;
                if (x > 0)
                {
                    b = b * 3;
                    var c = b;
                    if (x > 0.2f)
                        a = c;
                }
            }
            return sum;
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
