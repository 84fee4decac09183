using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

torch.random.manual_seed(1);
Tensor labels = rand(256).gt(0.5).to(int64);
Tensor images = rand(256, 1, 12, 12) + labels.to(float32).reshape(256, 1, 1, 1) * linspace(0, 1, 12);

var model = Sequential(
    ("conv1", Conv2d(1, 8, 3)), ("relu1", ReLU()), ("pool", MaxPool2d(2)),
    ("conv2", Conv2d(8, 16, 3)), ("relu2", ReLU()), ("flatten", Flatten()),
    ("out", Linear(144, 2)));
var optimizer = optim.Adam(model.parameters(), lr: 0.01);
var loss = CrossEntropyLoss();
double accuracy = 0;
for (int epoch = 0; epoch < 5; epoch++)
{
    using var scope = NewDisposeScope();
    double right = 0;
    foreach (Tensor batch in randperm(256).split(32))
    {
        optimizer.zero_grad();
        Tensor scores = model.call(images[batch]);
        Tensor value = loss.call(scores, labels[batch]);
        value.backward();
        optimizer.step();
        right += scores.argmax(1).eq(labels[batch]).sum().item<long>();
    }
    accuracy = right / 256;
}
Console.WriteLine(accuracy > 0.95);
