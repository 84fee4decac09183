using System.Globalization;
using ScottPlot;
using ScottPlot.Colormaps;
using ScottPlot.TickGenerators;
using TensorGraph.Staleness.Experiments;

namespace TestBed;

/// <summary>Pictures of results, by ScottPlot.</summary>
internal sealed class ScottPlotPictures : IPictures
{
    private const int Width = 760, Height = 460;

    // SkiaSharp's build without dependencies knows no fonts of the system.
    static ScottPlotPictures()
    {
        const string Name = "report";
        string[] folders = ["/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts", "/System/Library/Fonts", @"C:\Windows\Fonts"];
        string[] files = ["DejaVuSans.ttf", "LiberationSans-Regular.ttf", "NotoSans-Regular.ttf", "Arial.ttf", "arial.ttf"];
        string? font = folders.Where(Directory.Exists).SelectMany(folder => files.SelectMany(
            file => Directory.EnumerateFiles(folder, file, SearchOption.AllDirectories))).FirstOrDefault();
        if (font is null)
            return;
        Fonts.AddFontFile(Name, font, bold: false, italic: false);
        Fonts.AddFontFile(Name, font, bold: true, italic: false);
        Fonts.Default = Fonts.Sans = Name;
    }

    /// <inheritdoc/>
    public string Extension => "png";

    /// <inheritdoc/>
    public string MediaType => "image/png";

    /// <inheritdoc/>
    public byte[] Curves(string title, string x, string y, IReadOnlyList<Curve> curves)
    {
        var plot = new Plot();
        int color = 0;
        var levels = new List<double>();
        foreach (var curve in curves)
        {
            (double X, Interval Y)[] points = [.. curve.X.Zip(curve.Y).Where(point => double.IsFinite(point.Second.Mean) && point.Second.Mean > 0)];
            if (points.Length == 0)
                continue;
            double[] xs = [.. points.Select(point => point.X)], ys = [.. points.Select(point => Math.Log10(point.Y.Mean))];
            levels.AddRange(ys);
            var line = plot.Add.ScatterLine(xs, ys);
            line.LegendText = curve.Label;
            line.LineWidth = 2;
            // Bands would take each other color of the palette, so that it came round too soon.
            line.Color = plot.Add.Palette.GetColor(color++);
            // A band that reaches 0 has no end on a logarithmic axis.
            var band = plot.Add.FillY(xs,
                [.. points.Select(point => Math.Log10(Math.Max(point.Y.Low, point.Y.Mean / 4)))],
                    [.. points.Select(point => Math.Log10(point.Y.High))]);
            band.FillColor = line.Color.WithAlpha(0.15);
            band.LineWidth = 0;
        }

        // Of two neighbours of some ten ticks the larger is this share above the other: as many digits tell them apart.
        double share = Math.Pow(10, Math.Max(levels.DefaultIfEmpty().Max() - levels.DefaultIfEmpty().Min(), 1e-6) / 10) - 1;
        string format = string.Create(CultureInfo.InvariantCulture, $"g{Math.Clamp((int)Math.Ceiling(1 - Math.Log10(share)), 2, 9)}");
        plot.Axes.Left.TickGenerator = new NumericAutomatic
        {
            IntegerTicksOnly = false, LabelFormatter = value => Math.Pow(10, value).ToString(format, CultureInfo.InvariantCulture),
        };
        plot.ShowLegend(Alignment.UpperRight);
        return Image(plot, title, x, y);
    }

    /// <inheritdoc/>
    public byte[] Histograms(string title, IReadOnlyList<(string Label, double[] Shares)> rows)
    {
        var plot = new Plot();
        for (int i = 0; i < rows.Count; i++)
        {
            double width = 0.8 / rows.Count, offset = ((i + 0.5) * width) - 0.4;
            var bars = plot.Add.Bars([.. rows[i].Shares.Select((_, staleness) => staleness + offset)], rows[i].Shares);
            bars.LegendText = rows[i].Label;
            foreach (var bar in bars.Bars)
            {
                bar.Size = width;
                bar.LineWidth = 0;
            }
        }

        plot.Axes.Margins(bottom: 0);
        plot.ShowLegend(Alignment.UpperRight);
        return Image(plot, title, "staleness (updates)", "share of gradients");
    }

    /// <inheritdoc/>
    public byte[] HeatMap(string title, string x, string y, string[] columns, string[] rows, double[,] values)
    {
        var plot = new Plot();
        var drawn = new double[rows.Length, columns.Length];
        for (int row = 0; row < rows.Length; row++)
        {
            for (int column = 0; column < columns.Length; column++)
            {
                double value = values[row, column];
                drawn[row, column] = double.IsFinite(value) ? Math.Log10(Math.Max(value, 1e-6)) : double.NaN;
                string label = double.IsFinite(value) ? value.ToString("g2", CultureInfo.InvariantCulture) : double.IsNaN(value) ? "–" : "div.";
                var text = plot.Add.Text(label, column, rows.Length - 1 - row);
                text.LabelAlignment = Alignment.MiddleCenter;
                text.LabelFontColor = double.IsFinite(value) ? Colors.White : Colors.Black;
                text.LabelBold = true;
            }
        }

        var map = plot.Add.Heatmap(drawn);
        map.Colormap = new Viridis();
        plot.MoveToBack(map);
        plot.Axes.Bottom.SetTicks([.. columns.Select((_, i) => (double)i)], columns);
        plot.Axes.Left.SetTicks([.. rows.Select((_, i) => (double)(rows.Length - 1 - i))], rows);
        plot.HideGrid();
        return Image(plot, title, x, y);
    }

    /// <inheritdoc/>
    public byte[] Bars(string title, string y, IReadOnlyList<(string Label, Interval Value)> values)
    {
        var plot = new Plot();
        for (int i = 0; i < values.Count; i++)
        {
            if (double.IsFinite(values[i].Value.Mean))
            {
                plot.Add.Bar(i, values[i].Value.Mean, error: double.IsFinite(values[i].Value.Half) ? values[i].Value.Half : 0);
                continue;
            }

            // A bar of no height would look like the fastest.
            var text = plot.Add.Text("not in each run", i, 0);
            text.LabelRotation = -90;
            text.LabelAlignment = Alignment.MiddleLeft;
        }

        plot.Axes.Bottom.SetTicks([.. values.Select((_, i) => (double)i)], [.. values.Select(value => value.Label)]);
        plot.Axes.Bottom.TickLabelStyle.Rotation = values.Count > 5 ? 20 : 0;
        plot.Axes.Bottom.TickLabelStyle.Alignment = values.Count > 5 ? Alignment.UpperLeft : Alignment.UpperCenter;
        plot.Axes.Bottom.MinimumSize = values.Count > 5 ? 70 : 0;
        plot.Axes.Margins(bottom: 0);
        return Image(plot, title, "", y);
    }

    private static byte[] Image(Plot plot, string title, string x, string y)
    {
        plot.Title(title, 15);
        plot.XLabel(x);
        plot.YLabel(y);
        return plot.GetImageBytes(Width, Height, ImageFormat.Png);
    }
}
