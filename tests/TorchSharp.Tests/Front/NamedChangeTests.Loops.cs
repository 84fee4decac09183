namespace TensorGraph.Tests.Front;

using TorchSharp;
using static TorchSharp.torch.nn;

public sealed partial class NamedChangeTests
{
    internal sealed partial class Program
    {
        [GraphFunction]
        public torch.Tensor CarriedInBranch(torch.Tensor x)
        {
            torch.Tensor w = x[0] * 1, sum = torch.zeros(1), k = torch.zeros(1);
            while ((bool)(k < 3))
            {
                Train(x);
                if ((bool)(k > 1)) sum = sum + w.sum();
                else w = _first.bias!.detach();
                k = k + 1;
            }
            return sum;
        }

        [GraphFunction]
        public torch.Tensor CarriedView(torch.Tensor x)
        {
            torch.Tensor w = _second.weight!.clone(), sum = torch.zeros(1), k = torch.zeros(1);
            while ((bool)(k < 3))
            {
                torch.Tensor row = w[0];
                Train(x);
                sum = sum + row.sum().detach();
                w = _first.weight!;
                k = k + 1;
            }
            return sum;
        }

        [GraphFunction]
        public torch.Tensor CarriedNested(torch.Tensor x)
        {
            torch.Tensor w = x[0] * 1, sum = torch.zeros(1), k = torch.zeros(1);
            while ((bool)(k < 3))
            {
                torch.Tensor i = torch.zeros(1);
                Train(x);
                while ((bool)(i < 2))
                {
                    sum = sum + w.sum();
                    if ((bool)(i > 3)) w = w * 2;
                    i = i + 1;
                }
                w = _first.bias!.detach();
                k = k + 1;
            }
            return sum;
        }

        [GraphFunction]
        public torch.Tensor CarriedIntoLoop(torch.Tensor x)
        {
            torch.Tensor w = x[0] * 1, sum = torch.zeros(1), k = torch.zeros(1);
            while ((bool)(k < 3))
            {
                torch.Tensor i = torch.zeros(1);
                while ((bool)(i < 2))
                {
                    sum = sum + w.sum().detach();
                    Train(x);
                    i = i + 1;
                }
                w = _first.bias!.detach();
                k = k + 1;
            }
            return sum;
        }

        [GraphFunction]
        public torch.Tensor MaybeInLoop(torch.Tensor x)
        {
            _optimizer.zero_grad();
            Backward(x);
            torch.Tensor g = torch.zeros(3, 3), sum = torch.zeros(1), k = torch.zeros(1);
            if ((bool)(x.sum() > 0)) g = _first.weight!.grad!;
            while ((bool)(k < 3))
            {
                sum = sum + g.sum();
                _first.weight!.grad!.mul_(2);
                k = k + 1;
            }
            return sum;
        }

        [GraphFunction]
        public torch.Tensor CarriedGradient(torch.Tensor x)
        {
            _optimizer.zero_grad();
            torch.Tensor g = torch.zeros(3, 3), sum = torch.zeros(1), k = torch.zeros(1);
            while ((bool)(k < 3))
            {
                Backward(x);
                sum = sum + g.sum();
                g = _first.weight!.grad!;
                k = k + 1;
            }
            return sum;
        }

        [GraphFunction]
        public torch.Tensor SetInBranchAlone(torch.Tensor x)
        {
            _optimizer.zero_grad();
            Backward(x);
            torch.Tensor t = _first.weight!.grad! * 2;
            if ((bool)(x.sum() > 0)) _first.weight!.grad = t;
            torch.Tensor sum = t.sum();
            utils.clip_grad_norm_(Net.parameters(), 0.05);
            _optimizer.step();
            return sum;
        }

        [GraphFunction]
        public torch.Tensor OfBranch(torch.Tensor x)
        {
            torch.Tensor w = _first.weight!;
            if ((bool)(x.sum() > 0)) w = _second.weight!;
            Train(x);
            return w.sum();
        }

        [GraphFunction]
        public torch.Tensor OfLoop(torch.Tensor x)
        {
            torch.Tensor w = torch.zeros(3, 3), k = torch.zeros(1);
            while ((bool)(k < 3))
            {
                w = _first.weight!;
                k = k + 1;
            }
            Train(x);
            return w.sum();
        }

        [GraphFunction]
        public torch.Tensor GradientOfBranch(torch.Tensor x)
        {
            _optimizer.zero_grad();
            Backward(x);
            torch.Tensor g = _first.weight!.grad!;
            if ((bool)(x.sum() > 0)) g = g * 2;
            _first.weight!.grad!.mul_(2);
            return g.sum();
        }

        [GraphFunction]
        public torch.Tensor GradientFromBefore(torch.Tensor x)
        {
            _optimizer.zero_grad();
            Backward(x);
            torch.Tensor g = _first.weight!.grad!, old = g;
            if ((bool)(x.sum() > 0)) g = g * 2;
            _first.weight!.grad = g;
            return old.sum();
        }

        [GraphFunction]
        public torch.Tensor SharedByList(torch.Tensor x)
        {
            _optimizer.zero_grad();
            Backward(x);
            torch.Tensor t = _first.weight!.grad! * 2;
            torch.Tensor[] all = [t];
            _first.weight!.grad = t;
            _first.weight!.grad!.mul_(0.5);
            return all[0].sum();
        }

        [GraphFunction]
        public torch.Tensor SharedByView(torch.Tensor x)
        {
            _optimizer.zero_grad();
            Backward(x);
            torch.Tensor flat = torch.ones(9);
            _first.weight!.grad = flat.view(3, 3);
            Backward(x);
            return flat.sum();
        }

        [GraphFunction]
        public torch.Tensor SharedByChoice(torch.Tensor x)
        {
            _optimizer.zero_grad();
            Backward(x);
            torch.Tensor? none = null;
            torch.Tensor t = torch.ones(3, 3);
            _first.weight!.grad = none ?? t;
            _first.weight!.grad!.mul_(2);
            return t.sum();
        }

        [GraphFunction]
        public torch.Tensor SetInBranch(torch.Tensor x)
        {
            _optimizer.zero_grad();
            Backward(x);
            torch.Tensor t = _first.weight!.grad! * 2;
            if ((bool)(x.sum() > 0)) _first.weight!.grad = t;
            utils.clip_grad_norm_(Net.parameters(), 0.05);
            return t.sum();
        }

        [GraphFunction]
        public torch.Tensor ReplacedInLoop(torch.Tensor x)
        {
            _optimizer.zero_grad();
            Backward(x);
            torch.Tensor g = _first.weight!.grad!, k = torch.zeros(1), sum = torch.zeros(1);
            while ((bool)(k < 3))
            {
                sum = sum + g.sum();
                _first.weight!.grad = torch.ones(3, 3) * k;
                k = k + 1;
            }
            return sum;
        }

        [GraphFunction]
        public torch.Tensor ReplacedInLoopOfCondition(torch.Tensor x)
        {
            _optimizer.zero_grad();
            Backward(x);
            torch.Tensor g = _first.weight!.grad!, k = torch.zeros(1);
            while ((bool)(k + g.sum() * 0 < 3))
            {
                if ((bool)(k > 1)) _first.weight!.grad = null;
                k = k + 1;
            }
            return k;
        }

        [GraphFunction]
        public torch.Tensor UnsureInLoop(torch.Tensor x)
        {
            torch.Tensor flat = _first.weight!.t().reshape(9), k = torch.zeros(1), sum = torch.zeros(1);
            while ((bool)(k < 3))
            {
                sum = sum + flat.pow(2).sum().detach();
                using (torch.no_grad()) _first.weight!.mul_(0.5);
                k = k + 1;
            }
            return sum;
        }
    }
}
