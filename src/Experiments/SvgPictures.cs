using System.Globalization;

namespace TensorGraph.Staleness.Experiments;

/// <summary>Pictures of results as SVG, without a library.</summary>
public sealed class SvgPictures : IPictures
{
    // From here on its colours are too light for white text.
    private const double LightFrom = 0.6;

    // Viridis (van der Walt, Smith 2015) at even places.
    private static readonly (int Red, int Green, int Blue)[] s_viridis =
    [
        (68, 1, 84), (72, 40, 120), (62, 74, 137), (49, 104, 142), (38, 130, 142), (31, 158, 137), (53, 183, 121), (109, 205, 89), (180, 222, 44),
        (253, 231, 37),
    ];

    /// <inheritdoc/>
    public string Extension => "svg";

    /// <inheritdoc/>
    public string MediaType => "image/svg+xml";

    /// <inheritdoc/>
    public byte[] Curves(string title, string x, string y, IReadOnlyList<Curve> curves)
    {
        (string Label, (double X, Interval Y)[] Points)[] lines =
        [
            .. curves.Select(curve => (curve.Label, Points: curve.X.Zip(curve.Y).Where(IsDrawn).ToArray())).Where(line => line.Points.Length > 0),
        ];
        var points = lines.SelectMany(line => line.Points).ToArray();
        var plot = new SvgPlot(title, x, y)
        {
            X = SvgPlot.Limits(points.Select(point => point.X)),
            Y = SvgPlot.Limits(points.SelectMany(point => new[] { Low(point.Y), High(point.Y) })),
        };
        plot.NumberTicks(isVertical: false);
        plot.NumberTicks(isVertical: true, (value, digits) => Short(Math.Pow(10, value), digits));
        for (int i = 0; i < lines.Length; i++)
        {
            var line = lines[i].Points;
            var upper = line.Select(point => (point.X, High(point.Y)));
            if (line.Any(point => point.Y.IsKnown))
                plot.Area([.. upper, .. line.Reverse().Select(point => (point.X, Low(point.Y)))], SvgPlot.Color(i));
            plot.Line(line.Select(point => (point.X, Math.Log10(point.Y.Mean))), SvgPlot.Color(i));
            plot.Legend(lines[i].Label, SvgPlot.Color(i));
        }

        return plot.ToBytes();

        static bool IsDrawn((double X, Interval Y) point) => double.IsFinite(point.Y.Mean) && point.Y.Mean > 0;

        // A band that reaches 0 has no end on a logarithmic axis.
        static double Low(Interval interval) => Math.Log10(Math.Max(interval.Low, interval.Mean / 4));

        static double High(Interval interval) => Math.Log10(interval.High);
    }

    /// <inheritdoc/>
    public byte[] Histograms(string title, IReadOnlyList<(string Label, double[] Shares)> rows)
    {
        int most = rows.Select(row => row.Shares.Length).DefaultIfEmpty(1).Max();
        var plot = new SvgPlot(title, "staleness (updates)", "share of gradients")
        {
            X = (-0.5, most - 0.5),
            Y = (0, rows.SelectMany(row => row.Shares).DefaultIfEmpty(1).Max() * 1.05),
        };
        plot.NumberTicks(isVertical: false, (value, digits) => value == Math.Floor(value) ? Short(value, digits) : "");
        plot.NumberTicks(isVertical: true);
        for (int i = 0; i < rows.Count; i++)
        {
            double width = 0.8 / rows.Count, offset = (i * width) - 0.4;
            for (int staleness = 0; staleness < rows[i].Shares.Length; staleness++)
                plot.Rectangle(staleness + offset, 0, staleness + offset + width, rows[i].Shares[staleness], SvgPlot.Color(i));
            plot.Legend(rows[i].Label, SvgPlot.Color(i));
        }

        return plot.ToBytes();
    }

    /// <inheritdoc/>
    public byte[] HeatMap(string title, string x, string y, string[] columns, string[] rows, double[,] values)
    {
        var plot = new SvgPlot(title, x, y) { X = (-0.5, columns.Length - 0.5), Y = (-0.5, rows.Length - 0.5) };
        plot.NameTicks(isVertical: false, columns);
        // The first row is at the top.
        plot.NameTicks(isVertical: true, [.. rows.Reverse()]);
        var (low, high) = SvgPlot.Limits(values.Cast<double>().Where(double.IsFinite).Select(Level));
        for (int row = 0; row < rows.Length; row++)
        {
            for (int column = 0; column < columns.Length; column++)
            {
                double value = values[row, column], height = rows.Length - 1 - row;
                if (!double.IsFinite(value))
                {
                    plot.Text(column, height, double.IsNaN(value) ? "–" : "div.", "black");
                    continue;
                }

                double share = (Level(value) - low) / (high - low);
                plot.Rectangle(column - 0.5, height - 0.5, column + 0.5, height + 0.5, Viridis(share));
                plot.Text(column, height, Short(value), share < LightFrom ? "white" : "black");
            }
        }

        return plot.ToBytes();

        static double Level(double value) => Math.Log10(Math.Max(value, 1e-6));
    }

    /// <inheritdoc/>
    public byte[] Bars(string title, string y, IReadOnlyList<(string Label, Interval Value)> values)
    {
        double highest = values.Select(value => value.Value.High).Where(double.IsFinite).DefaultIfEmpty(1).Max();
        var plot = new SvgPlot(title, "", y) { X = (-0.6, values.Count - 0.4), Y = (0, highest > 0 ? highest * 1.05 : 1) };
        plot.NameTicks(isVertical: false, [.. values.Select(value => value.Label)]);
        plot.NumberTicks(isVertical: true);
        for (int i = 0; i < values.Count; i++)
        {
            var interval = values[i].Value;
            if (!double.IsFinite(interval.Mean))
            {
                plot.Text(i, 0, "not in each run", "black", isUpright: true);
                continue;
            }

            plot.Rectangle(i - 0.4, 0, i + 0.4, interval.Mean, SvgPlot.Color(0));
            if (interval.IsKnown)
                plot.Line([(i, Math.Max(interval.Low, 0)), (i, interval.High)], "black");
        }

        return plot.ToBytes();
    }

    private static string Viridis(double share)
    {
        double place = Math.Clamp(share, 0, 1) * (s_viridis.Length - 1);
        int first = Math.Min((int)place, s_viridis.Length - 2);
        var (a, b, part) = (s_viridis[first], s_viridis[first + 1], place - first);
        return string.Create(CultureInfo.InvariantCulture, $"rgb({Between(a.Red, b.Red)},{Between(a.Green, b.Green)},{Between(a.Blue, b.Blue)})");

        int Between(int from, int to) => (int)Math.Round(from + (part * (to - from)));
    }

    private static string Short(double number, int digits = 2)
    {
        bool isWhole = Math.Abs(number) is < 1e5 and var size && size >= Math.Pow(10, digits - 1);
        return number.ToString(isWhole ? "f0" : string.Create(CultureInfo.InvariantCulture, $"g{digits}"), CultureInfo.InvariantCulture);
    }
}
