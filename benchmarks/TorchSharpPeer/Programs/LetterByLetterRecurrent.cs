using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

const string Text = "a graph of ops, a loop of ops, a graph of loops; ";
string letters = string.Concat(Text.Distinct().Order());
long[] codes = [.. string.Concat(Enumerable.Repeat(Text, 8)).Select(letter => (long)letters.IndexOf(letter))];
Tensor pieces = tensor(codes).unfold(0, 21, 1);

torch.random.manual_seed(1);
var model = new Letters(letters.Length);
var optimizer = optim.Adam(model.parameters(), lr: 0.01);
var loss = CrossEntropyLoss();
for (int epoch = 0; epoch < 12; epoch++)
{
    using var scope = NewDisposeScope();
    foreach (Tensor batch in randperm(pieces.shape[0]).split(32))
    {
        optimizer.zero_grad();
        Tensor scores = model.call(pieces[batch][TensorIndex.Colon, TensorIndex.Slice(0, 20)]);
        Tensor next = pieces[batch][TensorIndex.Colon, TensorIndex.Slice(1)];
        Tensor value = loss.call(scores.reshape(-1, letters.Length), next.reshape(-1));
        value.backward();
        optimizer.step();
    }
}

string written = "a graph";
using (no_grad())
{
    while (written.Length < 60)
    {
        using var scope = NewDisposeScope();
        Tensor last = tensor(written.Select(letter => (long)letters.IndexOf(letter)).ToArray()).unsqueeze(0);
        written += letters[(int)model.call(last)[0, -1].argmax().item<long>()];
    }
}
Console.WriteLine(written[..21]);

internal sealed class Letters : Module<Tensor, Tensor>
{
    private readonly Embedding _embedding;
    private readonly LSTM _lstm;
    private readonly Linear _out;

    public Letters(int count)
        : base(nameof(Letters))
    {
        _embedding = Embedding(count, 16);
        _lstm = LSTM(16, 64, batchFirst: true);
        _out = Linear(64, count);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        var (states, _, _) = _lstm.call(_embedding.call(input));
        return _out.call(states);
    }
}
