# What visitors read: short, plain sentences.
skip = Skip to content
languages = Languages
demo-notice = This is an example. The people and the days are made up.
undo = Undo
drop-in = Drop-in
drop-in-hint = I am just dropping by

check-in-title = Be counted
check-in-welcome = Welcome!
check-in-outside-hours = Nothing is planned right now. Are you here? Then it counts all the same.
check-in-where = What are you here for?
check-in-here = I am here
check-in-together = I am not alone
check-in-adults = Adults, you included
check-in-children = Children
check-in-together-hint = Children are under 18. Then tap “I am here”.
check-in-private = We do not ask your name. Your phone keeps a random number, so that we do not count you twice today.
check-in-private-sensitive = We do not ask your name, and we keep nothing on your phone here.

thanks-title = Good to have you here!
thanks-number-before = You are number
thanks-number-after = today
thanks-already = You were counted already. All is well.
thanks-today = { $count ->
    [one] 1 visitor has been counted today.
   *[other] { $count } visitors have been counted today.
}
thanks-waiting = Thank you! A volunteer will check your visit. You need not do anything.
thanks-at = You are at:
thanks-party = { $count ->
    [one] You were counted alone.
   *[other] You were counted as { $count } people.
}
thanks-undo-hint = A mistake? You can undo it for a quarter of an hour.
undone-title = It has been undone
undone-text = You are not counted now. You are welcome all the same, of course.
undone-text-other = It does not count now.
undone-again = Count me after all

sticker-title = Coffee?
sticker-one = 1 cup
sticker-thanks = Enjoy your coffee!
sticker-today = { $count ->
    [one] 1 cup has been drunk here today.
   *[other] { $count } cups have been drunk here today.
}
gift-title = What did you give?
gift-text = Thank you! Would you tell us what you gave? Your name is not needed.
gift-money = Money
gift-amount = Amount in euros
gift-goods = Goods
gift-category = What kind of goods?
gift-give = I gave this
gift-thanks = Thank you!
gift-wait = A volunteer will check it. Then it counts.
pass-visitor-title = This is a pass
pass-visitor-text = Have it scanned at the door or at the bar. Then you are counted.

problem-back = Continue
problem-instance = Asking for help? Mention this number: { $instance }
problem-kept-nothing-lost = Nothing was lost.
problem-unknown-code-title = We do not know this code
problem-unknown-code-happened = The code on this page does not exist (any more).
problem-unknown-code-now = Ask a volunteer for a new code. You may walk in all the same, of course.
problem-code-expired-title = This code has expired
problem-code-expired-happened = The code was for another day.
problem-code-expired-now = Scan the poster at the door. You may walk in all the same, of course.
problem-busy-title = It is busy for a moment
problem-busy-happened = We could not save this now. Nothing was counted.
problem-busy-now = Wait a few seconds and tap again. Tapping twice does not count twice.
problem-outcome-unknown-title = We do not know whether it worked
problem-outcome-unknown-happened = The connection to the storage was lost.
problem-outcome-unknown-now = Tap again. If it had worked, we will not count you twice.
problem-too-late-title = This can no longer be undone
problem-too-late-happened = More than a quarter of an hour has passed. Your check-in stays.
problem-too-late-now = Is something not right? Tell a volunteer.
problem-not-found-title = This page is not here
problem-not-found-happened = The address is wrong, or the page is gone.
problem-not-found-now = Scan the code again, or ask a volunteer.
problem-forbidden-title = This device cannot do that
problem-forbidden-happened = This device is not allowed to do this.
problem-forbidden-now = Ask the coordinator to enrol your device.
problem-invalid-title = Something is not right
problem-invalid-happened = One of the fields was empty or wrong. Nothing was saved.
problem-invalid-now = Go back, check the fields and try again.
problem-disk-full-title = The storage is full
problem-disk-full-happened = We could not save this. What was there is still there.
problem-disk-full-now = Write it down on paper, and tell the coordinator.
problem-month-closed-title = This month is closed
problem-month-closed-happened = The figures of this month are final. Nothing was changed.
problem-month-closed-now = Ask the coordinator what should be done.
problem-not-possible-title = This is not possible now
problem-not-possible-happened = It was done already, or it does not fit what is there. Nothing was changed.
problem-not-possible-now = Go back and see what is there now.
problem-internal-title = Something went wrong on our side
problem-internal-happened = It is not your fault.
problem-internal-now = Try again in a moment. Does it not work? Tell a volunteer.
poster-call = Be counted: scan and tap

weekday-1 = Monday
weekday-2 = Tuesday
weekday-3 = Wednesday
weekday-4 = Thursday
weekday-5 = Friday
weekday-6 = Saturday
weekday-7 = Sunday
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December
