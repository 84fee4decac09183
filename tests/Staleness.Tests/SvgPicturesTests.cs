using System.Globalization;
using System.Text;
using System.Xml.Linq;
using TensorGraph.Staleness.Experiments;

namespace TensorGraph.Tests;

/// <summary>Pictures of results without a library of plots.</summary>
public sealed class SvgPicturesTests
{
    private static readonly XNamespace s_svg = "http://www.w3.org/2000/svg";
    private readonly SvgPictures _pictures = new();

    [Fact]
    public void Curves_have_a_line_and_a_band_each_and_leave_out_what_a_logarithm_has_not()
    {
        var root = Parsed(_pictures.Curves("<loss>", "batches", "loss",
        [
            new("a & b", [1, 2, 3], [At(1), At(10), At(100)]), new("gone", [1], [At(double.PositiveInfinity)]), new("part", [1, 2], [At(1), At(0)]),
        ]));
        Assert.Equal([3, 1], root.Elements(s_svg + "polyline").Select(line => Points(line).Length));
        Assert.Equal([6, 2], root.Elements(s_svg + "polygon").Select(line => Points(line).Length));
        // Equal factors are equal ways.
        double[][] points = Points(root.Elements(s_svg + "polyline").First());
        Assert.Equal(points[0][1] - points[1][1], points[1][1] - points[2][1], 0.2);
        Assert.Equal(["a & b", "part"], root.Element(s_svg + "g")!.Elements(s_svg + "text").Select(text => text.Value));
        Assert.Contains("<loss>", Texts(root));
    }

    [Fact]
    public void Bars_are_as_high_as_their_shares()
    {
        var root = Parsed(_pictures.Histograms("staleness", [("one", [0.5, 0.25]), ("two", [1])]));
        double[] heights = [.. Rectangles(root).Select(Height)];
        Assert.Equal(3, heights.Length);
        Assert.Equal(2, heights[0] / heights[1], 0.01);
        Assert.Equal(2, heights[2] / heights[0], 0.01);

        root = Parsed(_pictures.Bars("time", "seconds", [("fast", new(2, 1, 3)), ("never", At(double.PositiveInfinity)), ("slow", At(4))]));
        heights = [.. Rectangles(root).Select(Height)];
        Assert.Equal(2, heights[1] / heights[0], 0.01);
        Assert.Contains("not in each run", Texts(root));
        Assert.Equal(3, Texts(root).Intersect(["fast", "never", "slow"]).Count());
    }

    [Fact]
    public void A_heat_map_has_a_coloured_cell_with_its_number_or_says_that_it_diverged()
    {
        var root = Parsed(_pictures.HeatMap("rates", "rate", "mode", ["0.1", "1"], ["delayed:0", "delayed:1"], new[,] { { 0.1, 1 }, { 0.1, double.PositiveInfinity } }));
        XElement[] cells = Rectangles(root);
        Assert.Equal(3, cells.Length);
        Assert.Equal(cells[0].Attribute("fill")!.Value, cells[2].Attribute("fill")!.Value);
        Assert.NotEqual(cells[0].Attribute("fill")!.Value, cells[1].Attribute("fill")!.Value);
        // The first row is above the second.
        Assert.True(double.Parse(cells[0].Attribute("y")!.Value, CultureInfo.InvariantCulture)
            < double.Parse(cells[2].Attribute("y")!.Value, CultureInfo.InvariantCulture));
        Assert.Contains("div.", Texts(root));
        Assert.DoesNotContain("–", Texts(root));
        // What is missing has not diverged.
        root = Parsed(_pictures.HeatMap("rates", "rate", "mode", ["0.1", "1"], ["delayed:0"], new[,] { { 0.1, double.NaN } }));
        Assert.Contains("–", Texts(root));
        Assert.DoesNotContain("div.", Texts(root));
    }

    [Theory]
    [InlineData(2.301, 2.3016)]
    [InlineData(10.1, 10.9)]
    [InlineData(99_900, 100_100)]
    [InlineData(1e-7, 1.0001e-7)]
    [InlineData(0.1, 1000)]
    public void Labels_of_an_axis_differ(double low, double high)
    {
        var root = Parsed(_pictures.Curves("t", "x", "y", [new("a", [1e17, 1e17 + 64], [At(low), At(high)])]));
        string[] labels = [.. root.Elements(s_svg + "text").Where(text => text.Attribute("text-anchor")?.Value == "end").Select(text => text.Value)];
        Assert.InRange(labels.Length, 3, 12);
        Assert.Equal(labels.Distinct(), labels);
    }

    [Fact]
    public void What_XML_can_not_have_is_left_out_of_titles()
    {
        var root = Parsed(_pictures.Bars("a\u0001\u001bb\ufffe\ud800 \U0001F600 \"<&", "y", [("n\0", At(1))]));
        Assert.Contains(Texts(root), text => text.StartsWith("a\ufffd\ufffdb\ufffd", StringComparison.Ordinal) && text.EndsWith("\U0001F600 \"<&", StringComparison.Ordinal));
    }

    [Fact]
    public void A_single_seed_has_no_band()
    {
        Interval one = Interval.Of([2]);
        Assert.Empty(Parsed(_pictures.Curves("t", "x", "y", [new("a", [1, 2], [one, one])])).Elements(s_svg + "polygon"));
        Assert.Empty(Parsed(_pictures.Bars("t", "y", [("a", one)])).Elements(s_svg + "polyline"));
        Assert.Single(Parsed(_pictures.Bars("t", "y", [("a", At(2))])).Elements(s_svg + "polyline"));
    }

    [Fact]
    public void Nothing_to_draw_is_an_empty_frame()
    {
        Assert.DoesNotContain("NaN", Encoding.UTF8.GetString(_pictures.Curves("t", "x", "y", [])), StringComparison.Ordinal);
        Parsed(_pictures.Histograms("t", []));
        Parsed(_pictures.Bars("t", "y", [("a", At(double.PositiveInfinity))]));
        Parsed(_pictures.HeatMap("t", "x", "y", ["1"], ["m"], new[,] { { double.NaN } }));
    }

    private static Interval At(double value) => new(value, value, value);

    private static XElement Parsed(byte[] picture)
    {
        string text = Encoding.UTF8.GetString(picture);
        Assert.DoesNotContain("NaN", text, StringComparison.Ordinal);
        Assert.DoesNotContain("∞", text, StringComparison.Ordinal);
        return XDocument.Parse(text).Root!;
    }

    private static double[][] Points(XElement line) => [.. line.Attribute("points")!.Value.Split(' ').Select(point => point.Split(',')
        .Select(number => double.Parse(number, CultureInfo.InvariantCulture)).ToArray())];

    // Without the ground and the frame.
    private static XElement[] Rectangles(XElement root) => [.. root.Elements(s_svg + "rect").Skip(1).SkipLast(1)];

    private static double Height(XElement rectangle) => double.Parse(rectangle.Attribute("height")!.Value, CultureInfo.InvariantCulture);

    private static string[] Texts(XElement root) => [.. root.Descendants(s_svg + "text").Select(text => text.Value)];
}
