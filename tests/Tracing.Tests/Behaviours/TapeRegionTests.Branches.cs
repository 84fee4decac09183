namespace TensorGraph.Tests;

public sealed partial class TapeRegionTests
{
    internal sealed partial class Model
    {
        [GraphFunction]
        public Tensor WatchInBranch(Tensor x)
        {
            using var tape = new GradientTape();
            Tensor loss = x;
            if (x > 1)
            {
                tape.Watch(x);
                loss = x * x;
                return tape.Gradient(loss, x)!;
            }
            return loss;
        }

        [GraphFunction]
        public Tensor WatchInBoth(Tensor x)
        {
            using var tape = new GradientTape();
            Tensor y = x;
            if (x > 1)
            {
                tape.Watch(x);
                y = x * 2;
            }
            else
            {
                tape.Watch(x);
            }

            return tape.Gradient(x * x, x)! + y;
        }

        [GraphFunction]
        public Tensor WatchVariableInBranch(Tensor x)
        {
            using var tape = new GradientTape(watchVariables: false);
            if (x > 1)
            {
                tape.Watch(W);
                return tape.Gradient(W * x, W)!;
            }
            return x;
        }

        [GraphFunction]
        public Tensor AssignedSource(Tensor x)
        {
            using var tape = new GradientTape();
            tape.Watch(x);
            var y = x * 2;
            var z = y * y;
            if (x > 1)
                y = y + 1;
            return tape.Gradient(z, y) ?? 100f;
        }

        [GraphFunction]
        public Tensor AssignedBoth(Tensor x)
        {
            using var tape = new GradientTape();
            tape.Watch(x);
            Tensor y = x, z = x;
            if (x > 1)
            {
                y = x * 2;
                z = y * y;
            }
            return tape.Gradient(z, y) ?? 100f;
        }

        [GraphFunction]
        public Tensor AssignedLoop(Tensor x)
        {
            using var tape = new GradientTape();
            tape.Watch(x);
            Tensor y = x, z = x;
            for (Tensor i = 0f; i < x; i += 1)
            {
                y = y * 2;
                z = y * y;
            }
            return tape.Gradient(z, y) ?? 100f;
        }

        [GraphFunction]
        public Tensor DisposedInBranch(Tensor x)
        {
            var tape = new GradientTape();
            tape.Watch(x);
            var loss = x * x;
            if (x > 1)
                tape.Dispose();
            else
                loss *= x;
            return tape.Gradient(loss, x)!;
        }

        [GraphFunction]
        public Tensor DisposedInOne(Tensor x)
        {
            var tape = new GradientTape();
            tape.Watch(x);
            var loss = x * x;
            if (x > 1)
            {
                tape.Dispose();
                return loss;
            }
            else
            {
                loss *= x;
                return tape.Gradient(loss, x)!;
            }
        }

        [GraphFunction]
        public Tensor PersistentInBoth(Tensor x)
        {
            using var tape = new GradientTape(persistent: true);
            tape.Watch(x);
            var loss = x * x * W;
            Tensor g;
            if (loss > 1)
                g = tape.Gradient(loss * x, x)! * tape.Gradient(loss, W)!;
            else
                g = tape.Gradient(tape.Gradient(loss * x, x)! * x, x)!;
            return tape.Gradient(g * g, x)! + g;
        }

        [GraphFunction]
        public Tensor VariableAssignedInBranch(Tensor x)
        {
            using var tape = new GradientTape();
            var loss = W * W * x;
            if (loss > 1)
            {
                W.Assign(W * x);
                loss += W * 3;
                return tape.Gradient(loss, W)! + W;
            }
            W.Assign(x);
            return tape.Gradient(loss * W, W)! * W;
        }

        [GraphFunction]
        public Tensor VariableReadAfterAssignedBranch(Tensor x)
        {
            using var tape = new GradientTape();
            var loss = W * W * x;
            if (loss > 1)
            {
                W.Assign(W * x);
                loss += W * 3;
            }
            return tape.Gradient(loss * W, W)!;
        }

        [GraphFunction]
        public Tensor JacobianInBranch(Tensor x)
        {
            using var tape = new GradientTape(persistent: true);
            tape.Watch(x);
            var y = Ops.Stack([x * x, x * 3]);
            Tensor g = 0f;
            if (x > 1)
                g = tape.Gradient(y[0], x)! + tape.Gradient(y[1], x)! * 10;
            return g;
        }

        [GraphFunction]
        public Tensor OpsJacobianInBranch(Tensor x)
        {
            using var tape = new GradientTape();
            tape.Watch(x);
            Tensor g = x;
            if (x > 1)
                g = Ops.Jacobian(v => v * v * x, Ops.Stack([x, x])).Sum();
            return tape.Gradient(g * x, x)!;
        }

        [GraphFunction]
        public Tensor HessianInBranch(Tensor x)
        {
            using var tape = new GradientTape();
            tape.Watch(x);
            var y = x * x;
            if (x > 1)
            {
                var h = Ops.Hessian(v => (v * v * v).Sum() * x, Ops.Stack([x, x])).Sum();
                return tape.Gradient(h * y, x)!;
            }
            return tape.Gradient(y, x)!;
        }

        [GraphFunction]
        public Tensor NestedTapes(Tensor x)
        {
            using var outer = new GradientTape();
            outer.Watch(x);
            Tensor r = x;
            if (x > 1)
            {
                using var inner = new GradientTape();
                inner.Watch(x);
                var y = x * x * x;
                if (y > 2)
                    r = inner.Gradient(y * W, x)!;
                else
                    r = inner.Gradient(y, x)!;
                r = outer.Gradient(r * r, x)!;
            }
            else
            {
                r = outer.Gradient(r * r, x)!;
            }
            return r;
        }

        [GraphFunction]
        public Tensor InnerAfterBranch(Tensor x)
        {
            using var outer = new GradientTape();
            outer.Watch(x);
            var inner = new GradientTape();
            inner.Watch(x);
            var y = x * x * x;
            if (y > 2)
                y *= x;
            var g = inner.Gradient(y, x)!;
            if (g > 1)
                return outer.Gradient(g * x, x)!;
            return outer.Gradient(g, x)!;
        }

        [GraphFunction]
        public Tensor Conditional(Tensor x)
        {
            using var tape = new GradientTape();
            tape.Watch(x);
            return x > 1 && tape.Gradient(x * x, x)! > 5 ? x : x * 2;
        }

        [GraphFunction]
        public Tensor SwitchArms(Tensor x)
        {
            using var tape = new GradientTape();
            tape.Watch(x);
            return (x > 1) switch { var c when c => tape.Gradient(x * x, x)!, _ => x };
        }

        [GraphFunction]
        public Tensor OutputGradient(Tensor x)
        {
            using var tape = new GradientTape();
            tape.Watch(x);
            var y = x * x;
            if (x > 1)
            {
                var seed = x * 7;
                return tape.Gradient(y, [x], seed)[0]!;
            }
            return y;
        }

        [GraphFunction]
        public Tensor CustomInBranch(Tensor x)
        {
            using var tape = new GradientTape();
            tape.Watch(x);
            var y = Ops.CustomGradient([x], v => v[0] * v[0], (v, r, g) => [g * 5 * x]);
            if (x > 1)
            {
                var z = Ops.CustomGradient([y], v => v[0] * x, (v, r, g) => [g * 3]);
                return tape.Gradient(z * y, x)!;
            }
            return tape.Gradient(y, x)!;
        }

        [GraphFunction]
        public Tensor ThroughFunction(Tensor x)
        {
            using var tape = new GradientTape();
            tape.Watch(x);
            var y = Square(x);
            if (x > 1)
                return tape.Gradient(Square(y) * W, x)!;
            return tape.Gradient(y, x)!;
        }

        [GraphFunction]
        private Tensor Square(Tensor x) => x > 0.7f ? x * x * W : x * W;

        [GraphFunction]
        public Tensor TapePassed(Tensor x)
        {
            using var tape = new GradientTape();
            tape.Watch(x);
            return Taken(tape, x * x, x);
        }

        [GraphFunction]
        private Tensor Taken(GradientTape tape, Tensor y, Tensor x)
        {
            if (x > 1)
                return tape.Gradient(y * x, x)!;
            return y;
        }

        [GraphFunction]
        public Tensor OwnTensor(Tensor x)
        {
            using var tape = new GradientTape();
            tape.Watch(x);
            Tensor y = x, z = x;
            if (x > 1)
            {
                y = x * 2;
                z = y * y;
            }
            y = y * 1;
            return tape.Gradient(z * y, y) ?? 100f;
        }

        [GraphFunction]
        public Tensor MergedAlone(Tensor x)
        {
            using var tape = new GradientTape();
            tape.Watch(x);
            var y = x * 3;
            if (x > 1)
                y = x * 2;
            for (Tensor i = 0f; i < x; i += 1)
                y = y * x;
            return tape.Gradient(y * y + x, y) ?? 100f;
        }

        [GraphFunction]
        public Tensor MergedWatched(Tensor x)
        {
            using var tape = new GradientTape();
            var y = x * 3;
            var z = y;
            if (x > 1)
            {
                y = x * 2;
                z = y * 5;
            }
            tape.Watch(y);
            return tape.Gradient(y * z, y) ?? 100f;
        }

        [GraphFunction]
        public Tensor MergedAlias(Tensor x)
        {
            using var tape = new GradientTape();
            var y = x;
            if (x > 1)
                y = x * 2;
            tape.Watch(y);
            return tape.Gradient(y * x, y) ?? 100f;
        }

        // Two results that a branch in the branch makes one.
        [GraphFunction]
        public Tensor MergedInside(Tensor x)
        {
            using var tape = new GradientTape();
            Tensor y = x * 3, z = x * 5;
            if (x > 1)
            {
                if (x > 2)
                {
                    y = x * 2;
                    z = y;
                }
            }

            tape.Watch(y);
            return tape.Gradient(y * z, y) ?? 100f;
        }

        [GraphFunction]
        public Tensor MergedOnDevice(Tensor x)
        {
            using var tape = new GradientTape();
            tape.Watch(x);
            var (y, z) = Ops.OnDevice(Devices.Managed, () =>
            {
                var a = x * 2;
                return (a, a * 3);
            });
            return tape.Gradient(z, y) ?? 100f;
        }

        [GraphFunction]
        public Tensor ArrayBranch(Tensor x)
        {
            using var tape = new GradientTape();
            tape.Watch(x);
            var array = new TensorArray();
            array.Add(x * x);
            if (x > 1)
            {
                array.Add(x * 3);
                return tape.Gradient(array.Stack().Sum() * x, x)!;
            }
            array.Add(x);
            array.Add(x);
            return tape.Gradient(array.Stack().Sum(), x)!;
        }

        [GraphFunction]
        public Tensor AnyLengthBranch(Tensor x)
        {
            using var tape = new GradientTape();
            tape.Watch(x);
            var v = Ops.AnyLength(Ops.Stack([x, x * x]));
            if (x > 1)
            {
                v = Ops.Concat([v, v * x], 0);
                return tape.Gradient(v.Sum(), x)!;
            }
            return tape.Gradient((v * v).Sum(), x)!;
        }

        [GraphFunction]
        public Tensor TryFinally(Tensor x)
        {
            var tape = new GradientTape();
            try
            {
                tape.Watch(x);
                var y = x * x;
                if (x > 1)
                    return tape.Gradient(y, x)!;
                return y;
            }
            finally
            {
                tape.Dispose();
            }
        }

        [GraphFunction]
        public Tensor RandomInBranch(Tensor x)
        {
            using var tape = new GradientTape();
            tape.Watch(x);
            var mask = Ops.Where(x > 0, x, x * 2);
            if (mask > 1)
            {
                W.AssignAdd(mask);
                var y = mask * W;
                for (Tensor i = 0f; i < 2; i += 1)
                {
                    W.AssignAdd(1f);
                    y *= W * x;
                }
                return tape.Gradient(y, x)! + W;
            }
            return x;
        }

        [GraphFunction]
        public Tensor UsedThenIf(Tensor x)
        {
            using var tape = new GradientTape();
            tape.Watch(x);
            var y = x * x;
            Tensor g = x;
            if (x > 1)
            {
                if (x > 2)
                    g = tape.Gradient(y, x)!;
                else
                    g = tape.Gradient(y * x, x)!;
            }
            else if (x > 0)
                g = tape.Gradient(y + x, x)!;
            return g;
        }
    }
}
