using Argosy.Ledger;

namespace Argosy.Files;

/// <content>Many files that are here whole.</content>
public sealed partial class FileSession
{
    /// <summary>
    /// Stores many small files in one visit to the disk, each with the rules, the quota and the atomicity of any upload. Those that fail keep none of the
    /// others back; of those for which there is no room, the first ones fit that do.
    /// </summary>
    /// <param name="files">The files. Of those with one path the last one stays.</param>
    /// <param name="overwrite">False: a file that exists is left alone, and fails with <see cref="FileError.AlreadyExists"/>.</param>
    /// <param name="parents">True to make missing folders, where the account may.</param>
    /// <returns>For each file what became of it.</returns>
    /// <exception cref="FileException"><see cref="FileError.SessionEnded"/>; <see cref="FileError.Storage"/>: nobody knows how much the home holds.</exception>
    public async ValueTask<IReadOnlyList<StoreResult>> StoreManyAsync(IReadOnlyList<FileToStore> files, bool overwrite = true, bool parents = false)
    {
        RequireLive();
        var results = new StoreResult[files.Count];
        var unmade = parents ? await MakeParentsAsync(files) : null;
        var (together, alone) = (new List<int>(files.Count), new List<int>());
        var paths = new HashSet<RemotePath>(files.Count);
        for (var i = 0; i < files.Count; i++)
        {
            results[i] = new(files[i].Path, null);
            (paths.Add(files[i].Path) && MayStoreTogether(files[i].Path) ? together : alone).Add(i);
        }

        await StoreTogetherAsync(files, overwrite, together, alone, results);
        alone.Sort();
        foreach (var i in alone)
        {
            results[i] = await StoreAloneAsync(files[i], overwrite);
        }

        for (var i = 0; i < results.Length && unmade is not null; i++)
        {
            if (results[i].Failure?.Error == FileError.NotFound && unmade.TryGetValue(files[i].Path.Parent, out var why))
            {
                results[i] = results[i] with { Failure = why };
            }
        }

        return results;
    }

    /// <summary>Makes missing folders; for each that could not be made why.</summary>
    private async ValueTask<Dictionary<RemotePath, FileException>> MakeParentsAsync(IReadOnlyList<FileToStore> files)
    {
        var unmade = new Dictionary<RemotePath, FileException>();
        foreach (var folder in files.Select(file => file.Path.Parent).Distinct())
        {
            try
            {
                await MakeFolderAsync(folder, parents: true);
            }
            catch (FileException failure) when (failure.Error != FileError.SessionEnded)
            {
                unmade.Add(folder, failure); // One that is there needs no permission to be made.
            }
        }

        return unmade;
    }

    /// <summary>True where nothing has to be known of what is there before the file is staged.</summary>
    private bool MayStoreTogether(RemotePath path) => !_grant.NumberExisting && _access.Allows(path, Permissions.Write);

    private async ValueTask StoreTogetherAsync(
        IReadOnlyList<FileToStore> files, bool overwrite, List<int> together, List<int> alone, StoreResult[] results)
    {
        await RequireCountAsync();
        if (together.Count == 0 || !await HasSpaceAsync(together.Sum(i => (long)files[i].Content.Length)) || TryReserve(files, together) is not { } tally)
        {
            // Some of them may fit, over others or in the place of what they replace: each shows it when its turn comes.
            alone.AddRange(together);
            return;
        }

        var failures = await _home.StoreManyAsync([.. together.Select(i => Whole(files[i], overwrite))], tally);
        for (var i = 0; i < together.Count; i++)
        {
            Tell(files[together[i]], overwrite, failures[i], ref results[together[i]]);
        }
    }

    private WholeFile Whole(in FileToStore file, bool overwrite) => new(
        file.Path,
        file.Content,
        new(overwrite && _access.Allows(file.Path, Permissions.Overwrite) ? OnExisting.Replace : OnExisting.Refuse, file.Modified, file.Mode));

    private void Tell(in FileToStore file, bool overwrite, FileException? failure, ref StoreResult result)
    {
        if (failure is null)
        {
            Log.Uploaded(Name, file.Path, file.Content.Length);
            return;
        }

        // Where it was to be replaced, it is the account that may not.
        result = result with { Failure = overwrite && failure.Error == FileError.AlreadyExists ? _access.Refusal(file.Path, "replaced") : failure };
    }

    private async ValueTask<StoreResult> StoreAloneAsync(FileToStore file, bool overwrite)
    {
        try
        {
            var entry = await StoreAsync(new() { Path = file.Path, Length = file.Content.Length, Overwrite = overwrite }, file.Content, file.Modified, file.Mode);
            return new(RemotePath.Resolve(file.Path.Parent, entry.Name.Span), null);
        }
        catch (FileException failure) when (failure.Error != FileError.SessionEnded)
        {
            return new(file.Path, failure);
        }
    }

    /// <summary>Reserves room for files before the disk has them; null where there is not enough for all of them as new ones.</summary>
    private LeaseTally? TryReserve(IReadOnlyList<FileToStore> files, List<int> together)
    {
        var room = new Amount(together.Sum(i => (long)files[i].Content.Length), together.Count);
        try
        {
            return new LeaseTally(Usage, Usage.Lease(room), room);
        }
        catch (FileException full) when (full.Error == FileError.OverQuota)
        {
            return null;
        }
    }

    private async ValueTask<bool> HasSpaceAsync(long bytes)
    {
        try
        {
            await RequireSpaceAsync(bytes);
            return true;
        }
        catch (FileException full) when (full.Error == FileError.NoSpace)
        {
            return false;
        }
    }
}
