using System.Globalization;
using Fashion;
using SkiaSharp;
using TensorGraph;

namespace Images;

/// <summary>Image files as tensors, and back: SkiaSharp knows the formats.</summary>
internal static class Pictures
{
    private const int SplitSeed = 42;

    /// <summary>All images of a folder of classes as grey squares; a fifth of them are for the test.</summary>
    public static ImageData Load(string folder, int side)
    {
        var all = Dataset.FromImageFolder(folder, file => Decode(file, side)).Shuffle(int.MaxValue, SplitSeed, reshuffle: false).Cache();
        var (images, labels) = all.Batch(int.MaxValue).First();
        int test = (int)images.Shape[0].Value / 5;
        return new(Path.GetFileName(folder), images[test..], labels[test..], images[..test], labels[..test], Brightest: 255);
    }

    /// <summary>Writes the digits of the sample Digits as PNG files, in a folder for each kind.</summary>
    public static string WriteDigits(string folder)
    {
        var digits = ImageData.LoadDigits(ImageData.DigitsPath);
        var images = Ops.Concat([digits.TrainImages, digits.TestImages], axis: 0).ToArray<byte>();
        var labels = Ops.Concat([digits.TrainLabels, digits.TestLabels], axis: 0).ToArray<int>();
        int side = digits.Side;
        for (int i = 0; i < labels.Length; i++)
        {
            string kind = Directory.CreateDirectory(Path.Combine(folder, labels[i].ToString(CultureInfo.InvariantCulture))).FullName;
            byte[] pixels = [.. images.AsSpan(i * side * side, side * side).ToArray().Select(pixel => (byte)(pixel * 255 / digits.Brightest))];
            using var image = SKImage.FromPixelCopy(new SKImageInfo(side, side, SKColorType.Gray8), pixels);
            using var file = File.Create(Path.Combine(kind, $"{i:d4}.png"));
            image.Encode(SKEncodedImageFormat.Png, quality: 100).SaveTo(file);
        }

        return folder;
    }

    private static Tensor Decode(Stream file, int side)
    {
        using var picture = SKBitmap.Decode(file) ?? throw new InvalidDataException("not an image that SkiaSharp reads");
        using var square = picture.Resize(
            new SKImageInfo(side, side, SKColorType.Gray8, SKAlphaType.Opaque), new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
        // The rows of a bitmap may be longer than its pixels.
        Tensor bytes = Tensor.From<byte>(square.GetPixelSpan(), side, square.RowBytes);
        return bytes[.., ..side];
    }
}
