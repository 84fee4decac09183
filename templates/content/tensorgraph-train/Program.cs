var (points, labels) = Spirals.Make(count: 1024, seed: 1);
var (testPoints, testLabels) = Spirals.Make(count: 512, seed: 2);
var batches = Dataset.FromTensorSlices((points, labels)).Shuffle(bufferSize: 1024, seed: 1).Batch(64, dropRemainder: true).Prefetch();

var classifier = new Classifier(seed: 1);
for (int epoch = 1; epoch <= 60; epoch++)
{
    Tensor loss = 0f;
    foreach (var (x, y) in batches)
        loss = classifier.TrainStep(x, y);
    if (epoch % 10 == 0)
        Console.WriteLine($"epoch {epoch}: loss {loss.ToDouble():f3}, accuracy {classifier.Accuracy(testPoints, testLabels).ToDouble():p1}");
}

Console.WriteLine(GraphFunction.Of(classifier.TrainStep));
