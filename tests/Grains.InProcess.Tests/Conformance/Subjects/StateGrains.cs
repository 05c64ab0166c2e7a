using Orleans.Concurrency;
using Orleans.Runtime;

namespace Webphone.Grains.InProcess.Tests.Conformance.Subjects;

[GenerateSerializer]
public sealed class Notes
{
    [Id(0)]
    public List<string> Lines { get; set; } = [];
}

public interface INotesGrain : IGrainWithStringKey
{
    Task<string> Describe();
    Task Write(string line);
    Task WriteOther(string line);
    Task ChangeWithoutWriting(string line);
    Task Clear();
    Task Reread();
    Task Leave();
}

public interface IClashingGrain : IGrainWithStringKey
{
    Task Write(string gate);
    Task<string> Lines();
}

public sealed class NotesGrain(
    [PersistentState("notes", "memory")] IPersistentState<Notes> notes, [PersistentState("other", "memory")] IPersistentState<Notes> other) : Grain, INotesGrain
{
    private string _atStart = "";

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _atStart = string.Join(',', notes.State.Lines);
        return Task.CompletedTask;
    }

    public Task<string> Describe() => Task.FromResult(
        $"start[{_atStart}] now[{string.Join(',', notes.State.Lines)}] other[{string.Join(',', other.State.Lines)}] "
        + $"{(notes.RecordExists ? "stored" : "fresh")} {(notes.Etag is null ? "untagged" : "tagged")}");

    public Task Write(string line)
    {
        notes.State.Lines.Add(line);
        return notes.WriteStateAsync();
    }

    public Task WriteOther(string line)
    {
        other.State.Lines.Add(line);
        return other.WriteStateAsync();
    }

    public Task ChangeWithoutWriting(string line)
    {
        notes.State.Lines.Add(line);
        return Task.CompletedTask;
    }

    public Task Clear() => notes.ClearStateAsync();
    public Task Reread() => notes.ReadStateAsync();

    public Task Leave()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }
}

// Two activations share one state: the way to an etag conflict.
[StatelessWorker(2)]
public sealed class ClashingGrain([PersistentState("clash", "memory")] IPersistentState<Notes> notes) : Grain, IClashingGrain
{
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Journal.Add(this.GetPrimaryKeyString(), "activated");
        return Task.CompletedTask;
    }

    public async Task Write(string gate)
    {
        await Journal.Wait(gate);
        notes.State.Lines.Add("line");
        await notes.WriteStateAsync();
    }

    public Task<string> Lines() => Task.FromResult(string.Join(',', notes.State.Lines));
}
