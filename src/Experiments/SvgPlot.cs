using System.Globalization;
using System.Text;

namespace TensorGraph.Staleness.Experiments;

/// <summary>A plot as SVG: a frame with axes, in which shapes are put in the units of the axes.</summary>
/// <param name="title">The heading.</param>
/// <param name="x">Name of the horizontal axis.</param>
/// <param name="y">Name of the vertical axis.</param>
internal sealed class SvgPlot(string title, string x, string y)
{
    private const double Width = 760, Height = 460, Left = 80, Top = 40, Right = 20;
    private const int Ticks = 6;

    // Tableau's ten colours, which differ for most who see few of them too.
    private static readonly string[] s_colors =
        ["#4e79a7", "#f28e2b", "#e15759", "#76b7b2", "#59a14f", "#edc948", "#b07aa1", "#ff9da7", "#9c755f", "#bab0ac"];

    private readonly StringBuilder _shapes = new();
    private readonly StringBuilder _ticks = new();
    private readonly List<string> _legend = [];
    private int _longestLabel;
    private double _bottom = 60;

    /// <summary>Limits of the horizontal axis.</summary>
    public (double Low, double High) X { get; init; } = (0, 1);

    /// <summary>Limits of the vertical axis.</summary>
    public (double Low, double High) Y { get; init; } = (0, 1);

    /// <summary>The color of a row; after ten they begin anew.</summary>
    public static string Color(int row) => s_colors[row % s_colors.Length];

    /// <summary>Limits that hold all numbers, also when there are none or only one.</summary>
    public static (double Low, double High) Limits(IEnumerable<double> numbers)
    {
        double[] all = [.. numbers.Where(double.IsFinite).DefaultIfEmpty(0)];
        double low = all.Min(), high = all.Max();
        return high > low ? (low, high) : (low - 0.5, high + 0.5);
    }

    /// <summary>Round numbers on an axis. Labels have as many digits, from two on, as tell them apart.</summary>
    /// <param name="isVertical">Which axis.</param>
    /// <param name="label">Text of a number with so many digits, or none; null for the number itself.</param>
    public void NumberTicks(bool isVertical, Func<double, int, string>? label = null)
    {
        const int MostDigits = 15;
        label ??= (value, digits) => value.ToString(string.Create(CultureInfo.InvariantCulture, $"g{Math.Max(6, digits)}"), CultureInfo.InvariantCulture);
        var (low, high) = isVertical ? Y : X;
        double rough = (high - low) / Ticks, power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double step = new[] { 1.0, 2, 5, 10 }.First(factor => factor * power >= rough) * power;
        double first = Math.Ceiling(low / step);
        // Without the sign of a zero.
        double[] places = [.. Enumerable.Range(0, (int)((high / step) - first + 1e-6) + 1).Select(i => ((first + i) * step) + 0.0)];
        int digits = 2;
        while (digits < MostDigits && !AreApart(places.Select(place => label(place, digits))))
            digits++;
        foreach (double place in places)
            Tick(isVertical, place, label(place, digits), hasLine: true);

        static bool AreApart(IEnumerable<string> labels)
        {
            string[] all = [.. labels.Where(text => text.Length > 0)];
            return all.Distinct().Count() == all.Length;
        }
    }

    /// <summary>A name for each whole number from 0 on; many horizontal ones are turned.</summary>
    public void NameTicks(bool isVertical, IReadOnlyList<string> names)
    {
        bool isTurned = !isVertical && names.Count > 5;
        if (isTurned)
            _bottom = 130;
        for (int i = 0; i < names.Count; i++)
            Tick(isVertical, i, names[i], hasLine: false, isTurned);
    }

    public void Line(IEnumerable<(double X, double Y)> points, string color) =>
        _shapes.Append(CultureInfo.InvariantCulture, $"<polyline fill=\"none\" stroke=\"{color}\" stroke-width=\"2\" points=\"{Points(points)}\"/>\n");

    public void Area(IEnumerable<(double X, double Y)> points, string color) =>
        _shapes.Append(CultureInfo.InvariantCulture, $"<polygon fill=\"{color}\" fill-opacity=\"0.15\" points=\"{Points(points)}\"/>\n");

    public void Rectangle(double left, double low, double right, double high, string color) => _shapes.Append(CultureInfo.InvariantCulture,
        $"<rect x=\"{AtX(left):f1}\" y=\"{AtY(high):f1}\" width=\"{AtX(right) - AtX(left):f1}\" height=\"{AtY(low) - AtY(high):f1}\" fill=\"{color}\"/>\n");

    /// <summary>Text around a point, or from it upwards.</summary>
    public void Text(double left, double low, string text, string color, bool isUpright = false)
    {
        string place = string.Create(CultureInfo.InvariantCulture, $"{AtX(left):f1},{AtY(low):f1}");
        string turn = isUpright ? " rotate(-90)\" dx=\"4\" text-anchor=\"start" : "\" text-anchor=\"middle";
        _shapes.Append(CultureInfo.InvariantCulture,
            $"<text transform=\"translate({place}){turn}\" dy=\"0.35em\" font-weight=\"bold\" fill=\"{color}\">{Encoded(text)}</text>\n");
    }

    /// <summary>A row of the legend.</summary>
    public void Legend(string label, string color)
    {
        int top = _legend.Count * 17;
        _longestLabel = Math.Max(_longestLabel, label.Length);
        _legend.Add(string.Create(CultureInfo.InvariantCulture,
            $"<rect y=\"{top}\" width=\"12\" height=\"12\" fill=\"{color}\"/><text x=\"17\" y=\"{top + 10}\">{Encoded(label)}</text>\n"));
    }

    /// <summary>The whole picture.</summary>
    public byte[] ToBytes()
    {
        double inner = Height - Top - _bottom;
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" width="{Width}" height="{Height}" font-family="system-ui, sans-serif" font-size="12">
            <rect width="{Width}" height="{Height}" fill="white"/>
            <text x="{Width / 2}" y="24" text-anchor="middle" font-size="15" font-weight="bold">{Encoded(title)}</text>
            <text x="{(Left + Width - Right) / 2}" y="{Height - 12}" text-anchor="middle">{Encoded(x)}</text>
            <text transform="translate(18,{Top + (inner / 2)}) rotate(-90)" text-anchor="middle">{Encoded(y)}</text>
            {_ticks}{_shapes}<rect x="{Left}" y="{Top}" width="{Width - Left - Right}" height="{inner}" fill="none" stroke="#444"/>

            """);
        double wide = 30 + (7 * _longestLabel);
        svg.Append(CultureInfo.InvariantCulture, $"<g transform=\"translate({Width - Right - wide},{Top + 10})\">{string.Concat(_legend)}</g>\n");
        return Encoding.UTF8.GetBytes(svg.Append("</svg>\n").ToString());
    }

    private void Tick(bool isVertical, double at, string label, bool hasLine, bool isTurned = false)
    {
        double place = isVertical ? AtY(at) : AtX(at), floor = Height - _bottom;
        if (hasLine)
        {
            _ticks.Append(isVertical
                ? string.Create(CultureInfo.InvariantCulture, $"<path d=\"M{Left} {place:f1}H{Width - Right}\" stroke=\"#ddd\"/>\n")
                : string.Create(CultureInfo.InvariantCulture, $"<path d=\"M{place:f1} {Top}V{floor}\" stroke=\"#ddd\"/>\n"));
        }

        string where = isVertical ? string.Create(CultureInfo.InvariantCulture, $"translate({Left - 6},{place:f1})\" text-anchor=\"end\" dy=\"0.35em")
            : isTurned ? string.Create(CultureInfo.InvariantCulture, $"translate({place:f1},{floor + 14}) rotate(-30)\" text-anchor=\"end")
            : string.Create(CultureInfo.InvariantCulture, $"translate({place:f1},{floor + 18})\" text-anchor=\"middle");
        _ticks.Append(CultureInfo.InvariantCulture, $"<text transform=\"{where}\">{Encoded(label)}</text>\n");
    }

    private double AtX(double value) => Left + ((value - X.Low) / (X.High - X.Low) * (Width - Left - Right));

    private double AtY(double value) => Height - _bottom - ((value - Y.Low) / (Y.High - Y.Low) * (Height - Top - _bottom));

    private string Points(IEnumerable<(double X, double Y)> points) =>
        string.Join(' ', points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{AtX(point.X):f1},{AtY(point.Y):f1}")));

    private static string Encoded(string text) => XmlText.Encode(text);
}
