using Webphone.Media.Dtmf;

namespace Webphone.Media.Tests.Dtmf;

public class TelephoneEventTests
{
    [Fact]
    public void Every_digit_that_is_sent_is_decoded_once_even_when_packets_are_lost_or_doubled()
    {
        var sender = new TelephoneEventSender();
        const string dialled = "1122*#AD0";
        foreach (var digit in dialled)
        {
            Assert.True(DtmfDigit.TryToEvent(digit, out var code));
            Assert.True(sender.TryQueue(code, TimeSpan.FromMilliseconds(100)));
        }
        var receiver = new TelephoneEventReceiver();
        var heard = "";
        for (uint frame = 0; sender.Busy; frame++)
        {
            if (!sender.TryNext(TimeSpan.FromMilliseconds(20), 8000, 160 * frame, out var value, out var timestamp, out _) || frame % 3 == 0)
                continue;
            for (var copy = 0; copy < 2; copy++)
            {
                if (receiver.TryReceive(1, timestamp, value) && DtmfDigit.TryFromEvent(value.Event, out var digit))
                    heard += digit;
            }
        }
        Assert.Equal(dialled, heard);
    }

    [Fact]
    public void An_event_ends_with_three_end_packets_of_its_full_duration()
    {
        var sender = new TelephoneEventSender();
        sender.TryQueue(5, TimeSpan.FromMilliseconds(60));
        var sent = new List<(TelephoneEvent Event, uint Timestamp, bool Marker)>();
        for (uint frame = 10; sender.Busy; frame++)
        {
            if (sender.TryNext(TimeSpan.FromMilliseconds(20), 8000, 160 * frame, out var value, out var timestamp, out var marker))
                sent.Add((value, timestamp, marker));
        }
        Assert.Equal([160, 320, 480, 480, 480], sent.Select(packet => (int)packet.Event.DurationTicks));
        Assert.Equal([false, false, true, true, true], sent.Select(packet => packet.Event.End));
        Assert.Equal([true, false, false, false, false], sent.Select(packet => packet.Marker));
        Assert.All(sent, packet => Assert.Equal(1600u, packet.Timestamp));
    }

    [Fact]
    public void The_queue_of_digits_has_a_bound()
    {
        var sender = new TelephoneEventSender();
        for (var i = 0; i < TelephoneEventSender.QueueLimit; i++)
            Assert.True(sender.TryQueue(1, TimeSpan.FromMilliseconds(40)));
        Assert.False(sender.TryQueue(1, TimeSpan.FromMilliseconds(40)));
    }
}
