namespace TensorGraph.Tests.Front;

using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

/// <summary>Expressions, helpers and objects of C# around tensors of TorchSharp.</summary>
public sealed partial class ExpressionTests
{
    public static TheoryData<string> Programs() => [.. Program.All.Keys];

    [TorchTheory]
    [MemberData(nameof(Programs))]
    public void Programs_give_what_TorchSharp_gives(string name)
    {
        using var seed = torch.NewDisposeScope();
        Twins.Train(() => new Program(), program => program.Net, (program, i) =>
            Program.All[name](program, torch.linspace(-1, 1, 6).reshape(2, 3) * (i + 1)), steps: 3);
    }

    internal sealed record Batch<T>(T X, T Y);

    internal readonly record struct Pair<T>(T A, T? B);

    internal static partial class Helper
    {
        public static Tensor Scale<T>(Tensor x, T s)
            where T : struct => x * Convert.ToSingle(s, System.Globalization.CultureInfo.InvariantCulture);

        public static IEnumerable<Tensor> Parts(Tensor x)
        {
            for (long i = 0; i < x.shape[0]; i++) yield return x[i];
        }

        public static bool TryMean(Tensor x, out Tensor mean)
        {
            mean = x.mean();
            return x.shape.Length > 1;
        }

        public static void Twice(ref Tensor x) => x = x * 2;

        public static Tensor SumOf(params Tensor[] all) => all.Aggregate(zeros(1), (a, b) => a + b.sum());
    }

    internal sealed partial class Block : Module<Tensor, Tensor>
    {
        private readonly Module<Tensor, Tensor> _a, _b, _act;
        private readonly ModuleList<Linear> _more;
        private readonly Parameter _scale;

        public Block()
            : base("block")
        {
            _a = Linear(3, 3);
            _b = Sequential(("l", Linear(3, 3)), ("d", Dropout(0)));
            _act = ReLU(inplace: true);
            _more = ModuleList(Linear(3, 3), Linear(3, 3));
            _scale = new Parameter(torch.ones(3));
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            using var residual = input.clone();
            var outp = _a.forward(input);
            outp = _act.forward(outp);
            outp = _b.forward(outp);
            outp += residual;
            outp = _act.forward(outp);
            foreach (var m in _more) outp = F.gelu(m.forward(outp));
            return outp * _scale;
        }
    }

    internal sealed partial class Program
    {
        public static readonly Dictionary<string, Func<Program, torch.Tensor, torch.Tensor>> All = new()
        {
            [nameof(Records)] = (p, x) => p.Records(x),
            [nameof(Helpers)] = (p, x) => p.Helpers(x),
            [nameof(Patterns)] = (p, x) => p.Patterns(x),
            [nameof(Indexing)] = (p, x) => p.Indexing(x),
            [nameof(Loops)] = (p, x) => p.Loops(x),
            [nameof(Interpolated)] = (p, x) => p.Interpolated(x),
            [nameof(Statics)] = (p, x) => p.Statics(x),
            [nameof(Ternaries)] = (p, x) => p.Ternaries(x),
            [nameof(Ops)] = (p, x) => p.Ops(x),
            [nameof(Losses)] = (p, x) => p.Losses(x),
            [nameof(MultiLoss)] = (p, x) => p.MultiLoss(x),
            [nameof(Queue)] = (p, x) => p.Queue(x),
            [nameof(Inplace)] = (p, x) => p.Inplace(x),
            [nameof(Parameters)] = (p, x) => p.Parameters(x),
            [nameof(ParametersInLists)] = (p, x) => p.ParametersInLists(x),
            [nameof(InplaceBehindSequence)] = (p, x) => p.InplaceBehindSequence(x),
        };

        private static readonly float[] s_weights = [0.1f, 0.2f, 0.7f];
        private readonly Block _block = new();
        private readonly Linear _head = Linear(3, 3);
        private readonly torch.optim.Optimizer _optimizer;
        private readonly Queue<double> _losses = new();
        private readonly Sequential _sequence = Sequential(Linear(3, 3), ReLU(inplace: true), Linear(3, 3));
        private readonly ReLU _inPlace = ReLU(inplace: true);
        private readonly ModuleList<Module<Tensor, Tensor>> _layers = ModuleList<Module<Tensor, Tensor>>(Linear(3, 3), Linear(3, 3));

        public Program()
        {
            Net = Sequential(("block", _block), ("head", _head));
            _optimizer = torch.optim.RMSProp(Net.parameters(), 0.01);
        }

        public Sequential Net { get; }

        private Tensor Step(Tensor loss)
        {
            _optimizer.zero_grad();
            loss.backward();
            _optimizer.step();
            return loss;
        }

        [GraphFunction]
        public Tensor Records(Tensor x)
        {
            var b = new Batch<Tensor>(x * 2, x.sum(1, keepdim: true));
            var (u, v) = b;
            var c = new Batch<Tensor>(u, v * 2);
            Pair<Tensor> p = new(u, null);
            Pair<Tensor> q = new(u, c.Y);
            return Step((Net.call(q.A) - (q.B ?? u)).pow(2).mean() + (p.B is null ? 1 : 0));
        }

        [GraphFunction]
        public Tensor Helpers(Tensor x)
        {
            Tensor y = Helper.Scale(x, 3) + Helper.Scale(x, 0.5);
            Helper.Twice(ref y);
            if (Helper.TryMean(y, out Tensor mean)) y = y - mean;
            Tensor all = zeros(1);
            foreach (var part in Helper.Parts(y)) all = all + part.sum();
            return Step(Net.call(y).abs().mean()) + all + Helper.SumOf(x, y, mean);
        }

        [GraphFunction]
        public Tensor Patterns(Tensor x)
        {
            object o = x;
            Tensor y = o is Tensor { ndim: 2 } t ? t * 2 : x;
            string kind = x.shape switch { [1, _] => "one", [2, 3] => "two", _ => "more" };
            y = kind == "two" && x.ndim is > 1 and < 4 ? y + 1 : y - 1;
            return Step(Net.call(y).pow(2).sum());
        }

        [GraphFunction]
        public Tensor Indexing(Tensor x)
        {
            var y = x.clone();
            y[0] = y[1] * 2;
            y[.., 1] += 1;
            y[1, 2] = 5;
            y[^1, ..2] *= 3;
            var m = y > 0;
            y[m] = 0.5f;
            return Step(Net.call(y).pow(2).sum() + y[TensorIndex.Ellipsis, TensorIndex.Slice(0, 2)].sum());
        }

        [GraphFunction]
        public Tensor Loops(Tensor x)
        {
            Tensor h = x, s = zeros(1);
            int i = 0;
            do
            {
                h = _block.forward(h);
                if (i++ > 1) break;
                if (i == 1) continue;
                s = s + h.sum();
            }
            while (i < 5);
            for (int a = 0, b = 3; a < b; a++, b--) s += a * b * h.mean();
            for (; ; ) { if (i-- < 0) break; s = s * 0.9f; }
            return Step(s.sum());
        }

        [GraphFunction]
        public Tensor Interpolated(Tensor x)
        {
            string name = $"{nameof(Net)}.{x.shape.Length}d";
            if (name != "Net.2d") throw new InvalidOperationException($"Got {name}");
            var l = Step(Net.call(x).mean());
            return l + name.Length;
        }

        [GraphFunction]
        public Tensor Statics(Tensor x)
        {
            Tensor w = torch.tensor(s_weights), v = torch.tensor(s_weights);
            Tensor k = torch.tensor(new[,] { { 1f, 2f, 3f }, { 4f, 5f, 6f } });
            return Step(F.mse_loss(Net.call(x) * w, k * v));
        }

        [GraphFunction]
        public Tensor Ternaries(Tensor x)
        {
            bool big = x.shape[0] > 1;
            Tensor y = big ? x : -x, z = (bool)(x.sum() > 0) ? y.relu() : y.tanh();
            z = (bool)(z.max() > 10) ? z / 10 : (bool)(z.min() < -10) ? z / 20 : z;
            return Step(Net.call(z).pow(2).mean());
        }

        [GraphFunction]
        public Tensor Ops(Tensor x)
        {
            var y = 1 - x + 2.0 * x / 3f - x % 2 + (x > 0).to(float32) + (x >= 0 & x < 5).to_type(ScalarType.Float32);
            y = torch.where(x > 0, y, -y).clamp(-3, 3).pow(2).sqrt() + torch.sigmoid(y) * y.exp().log1p();
            y = torch.cat([y, y], 1).view(2, 2, 3).mean([1]) + torch.stack([x, x]).sum(0) + x.matmul(x.t()).softmax(1).matmul(x);
            return Step(Net.call(y).std() + Net.call(y).var(1).sum() + y.norm());
        }

        [GraphFunction]
        public Tensor Losses(Tensor x)
        {
            var y = Net.call(x);
            var target = torch.tensor(new long[] { 0, 2 });
            var loss = F.cross_entropy(y, target) + F.nll_loss(F.log_softmax(y, 1), target) + F.binary_cross_entropy_with_logits(y, torch.ones_like(y))
                + F.l1_loss(y, x) + F.smooth_l1_loss(y, x) + (y - x).square().mean() + torch.nn.MSELoss().forward(y, x) + SmoothL1Loss().call(y, x);
            return Step(loss);
        }

        [GraphFunction]
        public (Tensor Total, Tensor Kl) Both(Tensor x)
        {
            var y = Net.call(x);
            var kl = -0.5 * torch.sum(1 + y - y.pow(2) - y.exp());
            return (F.mse_loss(y, x) + 0.01 * kl, kl);
        }

        [GraphFunction]
        public Tensor MultiLoss(Tensor x)
        {
            var (total, kl) = Both(x);
            return Step(total) + kl.detach();
        }

        public Tensor Queue(Tensor x)
        {
            var l = Losses(x);
            _losses.Enqueue(l.item<float>());
            if (_losses.Count > 2) _losses.Dequeue();
            return l + (float)_losses.Average();
        }

        [GraphFunction]
        public Tensor Parameters(Tensor x)
        {
            Tensor w = Net.parameters().Last().unsqueeze(0), chosen = (bool)(x.sum() > 0) ? _head.weight! : -_head.weight!, cast = ((Tensor)_head.weight!).T;
            Tensor before = (chosen * x[0]).sum().detach();
            Tensor loss = Step(Net.call(x).pow(2).mean());
            return loss + (w * x[0] + cast.matmul(w.t()).t()).sum().detach() + before;
        }

        [GraphFunction]
        public Tensor ParametersInLists(Tensor x)
        {
            var all = Net.parameters().ToList();
            Parameter[] array = [.. Net.parameters()];
            var named = Net.named_parameters().ToDictionary(p => p.name, p => p.parameter);
            Tensor first = all[0], sum = all[0].sum().detach() + named["head.bias"].sum().detach() + (array[^1] * 2).sum().detach();
            Tensor loss = Step(Net.call(x).pow(2).mean());
            using (no_grad())
                for (int i = 0; i < all.Count; i++) all[i].mul_(0.9f);
            all[1].grad!.mul_(0.5f);
            return loss + sum + first.sum().detach() + all[1].grad!.sum() + array[1].t().sum().detach();
        }

        [GraphFunction]
        public Tensor InplaceBehindSequence(Tensor x)
        {
            var h = _sequence.call(x);
            h = _inPlace.call(h);
            foreach (var layer in _layers)
            {
                h = layer.call(h);
                h = _inPlace.call(h);
            }
            return Step(Net.call(h).pow(2).mean());
        }

        [GraphFunction]
        public Tensor Inplace(Tensor x)
        {
            var h = x * 1;
            h.add_(1).mul_(2).clamp_(-2, 2);
            h.sub_(h.mean());
            h += 1;
            h *= x;
            h.div_(3).neg_();
            var z = torch.zeros_like(h);
            z.copy_(h);
            z.fill_(2);
            z.zero_();
            z.add_(h, alpha: 2);
            z.masked_fill_(h > 0, 0.5);
            return Step(Net.call(z).mul_(2).sum());
        }
    }
}
