using System.Globalization;

namespace TensorGraph;

/// <summary>Called while <see cref="Trainer.Fit"/> runs. Override what you need. Source: keras.callbacks.Callback.</summary>
public abstract class Callback
{
    /// <summary>Before the first epoch.</summary>
    /// <param name="trainer">Who trains.</param>
    public virtual void OnStart(Trainer trainer)
    {
    }

    /// <summary>After each step. To read the loss is to wait for the step.</summary>
    /// <param name="trainer">Who trains.</param>
    /// <param name="loss">Loss of the batch.</param>
    public virtual void OnStep(Trainer trainer, Tensor loss)
    {
    }

    /// <summary>After each epoch.</summary>
    /// <param name="trainer">Who trains; <see cref="Trainer.IsStopping"/> ends it.</param>
    /// <param name="log">The numbers of the epoch.</param>
    public virtual void OnEpoch(Trainer trainer, EpochLog log)
    {
    }

    /// <summary>After the last epoch.</summary>
    /// <param name="trainer">Who trains.</param>
    public virtual void OnEnd(Trainer trainer)
    {
    }
}

/// <summary>Ends training when a number has not become better for some epochs. Source: keras.callbacks.EarlyStopping.</summary>
public sealed class EarlyStopping : Callback
{
    private readonly string _number;
    private readonly int _patience;
    private readonly double _least;
    private readonly bool _isLargerBetter;
    private readonly bool _restores;
    private Tensor[] _best = [];
    private double _bestNumber;
    private int _epochs;

    /// <summary>Makes the callback. Errors: TG1002 null, TG2004 a setting out of range.</summary>
    /// <param name="number">Name of the number, such as <c>val_loss</c>.</param>
    /// <param name="patience">Epochs without a better number.</param>
    /// <param name="least">How much better counts.</param>
    /// <param name="isLargerBetter">True for an accuracy, false for a loss.</param>
    /// <param name="restores">True sets the variables back to those of the best epoch at the end.</param>
    public EarlyStopping(string number = "val_loss", int patience = 3, double least = 0, bool isLargerBetter = false, bool restores = true)
    {
        _number = Check.NotNull(number);
        _patience = Check.AtLeast(1, patience, "early_stopping");
        Check.Range(least >= 0 && double.IsFinite(least), "early_stopping", nameof(least), least, "at least 0");
        (_least, _isLargerBetter, _restores) = (least, isLargerBetter, restores);
    }

    /// <summary>Number of the best epoch; 0 before the first one.</summary>
    public int BestEpoch { get; private set; }

    /// <inheritdoc/>
    public override void OnStart(Trainer trainer) => (BestEpoch, _epochs, _best) = (0, 0, []);

    /// <inheritdoc/>
    public override void OnEpoch(Trainer trainer, EpochLog log)
    {
        double now = Check.NotNull(log)[_number];
        bool isBetter = _isLargerBetter ? now > _bestNumber + _least : now < _bestNumber - _least;
        if (BestEpoch == 0 || isBetter || (double.IsNaN(_bestNumber) && !double.IsNaN(now)))
        {
            (BestEpoch, _bestNumber, _epochs) = (log.Epoch, now, 0);
            if (_restores)
                _best = [.. Check.NotNull(trainer).Model.Variables.Select(variable => variable.Value)];
        }
        else if (++_epochs >= _patience)
        {
            Check.NotNull(trainer).IsStopping = true;
        }
    }

    /// <inheritdoc/>
    public override void OnEnd(Trainer trainer)
    {
        foreach (var (variable, value) in Check.NotNull(trainer).Model.Variables.Zip(_best))
            variable.Assign(value);
    }
}

/// <summary>Saves a checkpoint after each epoch, or after some steps. Source: keras.callbacks.ModelCheckpoint.</summary>
/// <param name="checkpoint">What is saved.</param>
/// <param name="steps">Steps between two files; null for an epoch.</param>
public sealed class SaveCheckpoints(Checkpoint checkpoint, int? steps = null) : Callback
{
    private readonly Checkpoint _checkpoint = Check.NotNull(checkpoint);
    private readonly int _steps = Check.AtLeast(1, steps ?? int.MaxValue, "save_checkpoints", nameof(steps));

    /// <inheritdoc/>
    public override void OnStep(Trainer trainer, Tensor loss)
    {
        if (Check.NotNull(trainer).Step % _steps == 0)
            _checkpoint.Save(trainer.Step, trainer.Position);
    }

    /// <inheritdoc/>
    public override void OnEpoch(Trainer trainer, EpochLog log)
    {
        if (_steps == int.MaxValue)
            _checkpoint.Save(Check.NotNull(trainer).Step, trainer.Position);
    }
}

/// <summary>
/// Writes the numbers of each epoch as a line of a CSV file. Errors: TG1006 when it can't be written. Source: keras.callbacks.CSVLogger.
/// </summary>
/// <param name="path">The file, which is replaced.</param>
public sealed class CsvLog(string path) : Callback
{
    private readonly string _path = Check.NotNull(path);
    private string[] _names = [];

    /// <inheritdoc/>
    public override void OnStart(Trainer trainer) => _names = [];

    /// <inheritdoc/>
    public override void OnEpoch(Trainer trainer, EpochLog log) => DataFile.Try("csv_log", _path, () =>
    {
        Check.NotNull(log);
        if (_names.Length == 0)
        {
            _names = [.. log.Numbers.Keys];
            File.WriteAllText(_path, $"epoch,step,{string.Join(',', _names)}\n");
        }

        var numbers = _names.Select(name => log.Numbers.TryGetValue(name, out double value) ? value.ToString("r", CultureInfo.InvariantCulture) : "");
        File.AppendAllText(_path, string.Create(CultureInfo.InvariantCulture, $"{log.Epoch},{log.Step},{string.Join(',', numbers)}\n"));
    });
}

/// <summary>Writes the numbers of each epoch as curves that TensorBoard shows. Errors: TG1006 when it can't be written. Source:
/// keras.callbacks.TensorBoard.</summary>
/// <param name="folder">Folder of the event file.</param>
public sealed class TensorBoardLog(string folder) : Callback
{
    private readonly string _folder = Check.NotNull(folder);
    private TensorBoardWriter? _writer;

    /// <inheritdoc/>
    public override void OnStart(Trainer trainer)
    {
        // It is still open after a run that failed.
        _writer?.Dispose();
        _writer = DataFile.Try("tensorboard_log", _folder, () => GraphRecorder.TensorBoard(_folder));
    }

    /// <inheritdoc/>
    public override void OnEpoch(Trainer trainer, EpochLog log)
    {
        foreach (var (name, value) in Check.NotNull(log).Numbers)
            _writer?.AddScalar(name, value, log.Step);
        _writer?.Flush();
    }

    /// <inheritdoc/>
    public override void OnEnd(Trainer trainer)
    {
        _writer?.Dispose();
        _writer = null;
    }
}
