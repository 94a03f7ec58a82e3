using System.Text;

namespace Argosy.Files.Tests;

/// <summary>A name that is taken gives way to one with a number, whatever many there are.</summary>
public sealed class NumberedNameTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    [InlineData(2, 3)]
    [InlineData(3, 4)]
    [InlineData(4, 5)]
    [InlineData(1000, 1001)]
    [InlineData(1023, 1024)]
    [InlineData(1024, 1025)]
    [InlineData(9_998, 9_999)]
    [InlineData(9_999, 10_000)]
    [InlineData(10_000, null)]
    public void The_end_of_a_row_is_found_with_few_questions(int taken, int? expected)
    {
        var questions = 0;
        Assert.Equal(expected, NumberedName.FindFree(number =>
        {
            questions++;
            return number <= taken;
        }));
        Assert.InRange(questions, 1, 30);
    }

    [Fact]
    public async Task Who_drops_the_thousandth_file_of_a_name_gets_the_next_number()
    {
        using var folder = new TestFolder();
        await using var vessel = new Vessel(new LocalStorage(), folder.In("home"), Path.Combine(folder.Path, "ledger"));
        for (var i = 1; i <= 1000; i++)
        {
            File.Create(Path.Combine(vessel.Home, Encoding.UTF8.GetString(NumberedName.Of("note.txt"u8, i)))).Dispose();
        }

        var visitors = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => vessel.OpenAsync(grant => grant with { NumberExisting = true })));
        var names = await Task.WhenAll(visitors.Select(visitor => Task.Run(async () => Encoding.UTF8.GetString((await visitor.PutAsync("note.txt", "x")).Name.Span))));
        Assert.Equal(Enumerable.Range(1001, 40).Select(i => $"note ({i}).txt"), names.Order());
    }
}
