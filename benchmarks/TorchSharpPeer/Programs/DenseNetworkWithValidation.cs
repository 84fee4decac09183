using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

torch.random.manual_seed(1);
Tensor inputs = rand(400, 2) * 2 - 1;
Tensor labels = (inputs[TensorIndex.Colon, 0] * inputs[TensorIndex.Colon, 1]).gt(0).to(int64);
var (trainX, trainY) = (inputs[TensorIndex.Slice(0, 300)], labels[TensorIndex.Slice(0, 300)]);
var (testX, testY) = (inputs[TensorIndex.Slice(300)], labels[TensorIndex.Slice(300)]);

var model = Sequential(("hidden", Linear(2, 32)), ("relu", ReLU()), ("out", Linear(32, 2)));
var optimizer = optim.Adam(model.parameters(), lr: 0.01);
var loss = CrossEntropyLoss();
double accuracy = 0;
for (int epoch = 0; epoch < 30; epoch++)
{
    using var scope = NewDisposeScope();
    model.train();
    foreach (Tensor batch in randperm(300).split(32))
    {
        optimizer.zero_grad();
        Tensor value = loss.call(model.call(trainX[batch]), trainY[batch]);
        value.backward();
        optimizer.step();
    }
    model.eval();
    using var off = no_grad();
    accuracy = model.call(testX).argmax(1).eq(testY).to(float32).mean().item<float>();
}
Console.WriteLine(accuracy > 0.85);
