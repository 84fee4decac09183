using System.Globalization;

namespace Digits;

/// <summary>1,797 handwritten digits of 8×8 pixels, one a line: 64 numbers 0…16, then the label.</summary>
public static class DigitsData
{
    private const int Pixels = 64;
    private const int Brightest = 16;
    private const int Lines = 1797;

    // The file is ordered by writer, so the split draws lots: always the same ones.
    private const int SplitSeed = 42;
    private const int TrainingLines = 1437;

    public static string DefaultPath => Path.Combine(AppContext.BaseDirectory, "data", "digits.csv.gz");

    public static (Examples Train, Examples Test) Load(string path)
    {
        var (images, labels) = Examples.Read(path, $"Take the file from the sample's data folder, with {Lines} lines.", Parse);
        int[] order = [.. Enumerable.Range(0, Lines)];
        new Random(SplitSeed).Shuffle(order);
        return (Pick(order.AsSpan(0, TrainingLines)), Pick(order.AsSpan(TrainingLines)));

        Examples Pick(ReadOnlySpan<int> lines)
        {
            var someImages = new List<float>();
            var someLabels = new List<int>();
            foreach (int line in lines)
            {
                someImages.AddRange(images[line]);
                someLabels.Add(labels[line]);
            }

            return Examples.From([.. someImages], [.. someLabels]);
        }
    }

    private static (List<float[]> Images, List<int> Labels) Parse(Stream stream)
    {
        var images = new List<float[]>();
        var labels = new List<int>();
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            int[] numbers = [.. line.Split(',').Select(number => int.Parse(number, NumberStyles.None, CultureInfo.InvariantCulture))];
            if (numbers.Length != Pixels + 1 || numbers[..Pixels].Any(value => value > Brightest) || numbers[Pixels] > 9)
                throw new InvalidDataException($"line {images.Count + 1} is not {Pixels} values 0…{Brightest} and a label 0…9");
            if (images.Count == Lines)
                throw new InvalidDataException($"it has more than {Lines} lines");
            images.Add([.. numbers.Take(Pixels).Select(value => value / (float)Brightest)]);
            labels.Add(numbers[Pixels]);
        }

        if (images.Count != Lines)
            throw new InvalidDataException($"it has {images.Count} lines, not {Lines}");
        return (images, labels);
    }
}
